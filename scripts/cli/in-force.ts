import type { TermView } from '#contract/admin-api.ts'

/** How long something is granted, or how it ended. */
export function inForce({ in_force: holds, expires_at: until, revoked }: TermView): string {
  if (revoked !== null) return `REVOKED by ${revoked.by} at ${revoked.at}: ${revoked.reason}`
  if (!holds) return `OVER since ${until}`
  return until === null ? 'in force' : `in force until ${until}`
}
