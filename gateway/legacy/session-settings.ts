import { MAX_URI_CHARS } from '#contract/limits.ts'
import type { Problem } from '#contract/problem.ts'
import { toProtocolError } from '../serving/refusal.ts'
import type { SessionSettings } from '../serving/settings.ts'
import { expiryOf, type SessionClaims } from './session-id.ts'
import type { SessionChange, SessionRecords } from '#contract/session-record.ts'

/** Resources that one session may follow. */
const MOST_SUBSCRIPTIONS = 100

const TOO_MANY: Problem = {
  code: 'invalid_arguments',
  message: `A session follows ${MOST_SUBSCRIPTIONS} resources at most`,
}
const TOO_LONG: Problem = {
  code: 'invalid_arguments',
  message: `uri: has more than ${MAX_URI_CHARS} characters`,
}

/** Writes what a client settles into its session's record. */
export function sessionSettings(records: SessionRecords, claims: SessionClaims): SessionSettings {
  const change = (to: SessionChange) => records.change(claims.id, to, expiryOf(claims))

  return {
    setLevel: (level) => change(() => ({ level })),
    async subscribe(uri) {
      if (uri.length > MAX_URI_CHARS) throw toProtocolError(TOO_LONG)
      await change(({ subscriptions }) => {
        if (subscriptions.length >= MOST_SUBSCRIPTIONS && !subscriptions.includes(uri)) {
          throw toProtocolError(TOO_MANY)
        }
        return { subscriptions: [...new Set([...subscriptions, uri])] }
      })
    },
    unsubscribe: (uri) =>
      change(({ subscriptions }) => ({ subscriptions: subscriptions.filter((of) => of !== uri) })),
  }
}
