import { z } from 'zod'
import type { TermView } from '#contract/admin-api.ts'
import { isInForce, type Term } from '../../../domain/grants/term.ts'

/** How long something is granted, as it is told. */
export function termView(term: Term): TermView {
  const { expiresAt, revoked } = term
  return {
    in_force: isInForce(term, new Date()),
    expires_at: expiresAt?.toISOString() ?? null,
    revoked:
      revoked === null
        ? null
        : { by: revoked.by, at: revoked.at.toISOString(), reason: revoked.reason },
  }
}

/** A time that may be none. */
export function timeOrNull(text: string | null): Date | null {
  return text === null ? null : new Date(text)
}

/** An id of a path; what is none is unknown. */
export function idOr(unknown: () => never, text: string): string {
  const id = z.uuid().safeParse(text)
  return id.success ? id.data : unknown()
}
