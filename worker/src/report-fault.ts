/** Writes an unexpected failure to the Worker's log, for `wrangler tail` and Workers Logs. */
export function reportFault(error: unknown): void {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
  // oxlint-disable-next-line no-console -- the console is the only log that a Worker has
  console.error(JSON.stringify({ level: 'error', event: 'fault', name, message, stack }))
}
