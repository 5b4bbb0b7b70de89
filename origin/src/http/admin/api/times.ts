/** A time of a query, where one was given. */
export function timeOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text)
}
