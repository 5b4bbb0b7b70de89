/** How something that was granted was taken back. */
export interface Revocation {
  /** Name of the admin. */
  by: string
  at: Date
  reason: string
}

/** How long something is granted. */
export interface Term {
  /** Null: until it is revoked. */
  expiresAt: Date | null
  revoked: Revocation | null
}

/** Whether it holds at a time; at its end it does not any more. */
export function isInForce({ expiresAt, revoked }: Term, now: Date): boolean {
  return revoked === null && (expiresAt === null || expiresAt > now)
}

/** Whether it held at a time gone by, as far as what is known of it now tells. */
export function wasInForce({ expiresAt, revoked }: Term, then: Date): boolean {
  return (revoked === null || revoked.at > then) && (expiresAt === null || expiresAt > then)
}

/** How something ended that is not in force, as the end of a sentence. */
export function endedHow({ expiresAt, revoked }: Term): string {
  if (revoked !== null)
    return `${revoked.by} revoked it at ${revoked.at.toISOString()}: ${revoked.reason.trim().replace(/\.$/, '')}`
  return `its permission ended at ${expiresAt?.toISOString() ?? 'an unknown time'}`
}

/** Milliseconds that it has left; null for no end in sight, 0 when it is over. */
export function msLeft(term: Term, now: Date): number | null {
  if (!isInForce(term, now)) return 0
  return term.expiresAt === null ? null : term.expiresAt.getTime() - now.getTime()
}
