import { Refusal } from './refusal.ts'

/** Classes and codes of SQLSTATE (PostgreSQL, appendix A) that speak of the server, not of the query. */
const AWAY =
  /^(08(?!P01)...|53...|57P0[1-5]|58030|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)$/
/** What the driver says, without a code, of connections that are not to be had or broke. */
const SAID =
  /^(timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error|Cannot use a pool after calling end)/

/**
 * Whether something failed because the database cannot be had now: it is not there, is starting or
 * stopping, has no connection, no memory or no room left, or does not answer in time. Nothing that
 * was not acknowledged was kept then, or at most all of it.
 */
export function isDatabaseAway(fault: unknown): boolean {
  for (let at: unknown = fault; at instanceof Error; at = at.cause) {
    // `fetch` wraps its faults in one; they speak of another part.
    if (at instanceof TypeError) return false
    if (SAID.test(at.message) || ('code' in at && AWAY.test(String(at.code)))) return true
    // The socket in the file system of a server that was stopped.
    if ('syscall' in at && at.syscall === 'connect') return true
  }
  return false
}

/** A fault as what the one who asked is told: refusals, and a database that is away. Null for all else. */
export function toRefusal(fault: unknown): Refusal | null {
  if (fault instanceof Refusal) return fault
  if (!isDatabaseAway(fault)) return null
  return new Refusal(
    'database_unreachable',
    'The database cannot be had at the moment. Look what there is before you ask for a change again.',
  )
}
