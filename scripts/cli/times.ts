import { time } from '#contract/admin-door/page.ts'

/**
 * A time as it is typed: `2026-12-31`, `2026-12-31T18:00:00Z`, or `never`.
 * @returns null for never, and for nothing typed
 * @throws an Error that says how to write one
 */
export function timeFrom(typed: string | undefined): string | null {
  if (typed === undefined || typed === 'never') return null
  const written = /^\d{4}-\d{2}-\d{2}$/.test(typed) ? `${typed}T00:00:00Z` : typed
  if (time.safeParse(written).success) return written
  throw new Error(`${typed} is no time; write 2026-12-31, 2026-12-31T18:00:00Z or never.`)
}
