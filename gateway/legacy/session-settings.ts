import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server'
import type { SessionSettings } from '../serving/exchange-server.ts'
import { expiryOf, type SessionClaims } from './session-id.ts'
import type { SessionRecord, SessionRecords } from '#contract/session-record.ts'

/** Resources that one session may follow. */
const MOST_SUBSCRIPTIONS = 100

/** Writes what a client settles into its session's record. */
export function sessionSettings(records: SessionRecords, claims: SessionClaims): SessionSettings {
  async function change(to: (record: SessionRecord) => Partial<SessionRecord>): Promise<void> {
    const record = await records.read(claims.id)
    await records.write(claims.id, { ...record, ...to(record) }, expiryOf(claims))
  }

  return {
    setLevel: (level) => change(() => ({ level })),
    subscribe: (uri) =>
      change(({ subscriptions }) => {
        if (subscriptions.length >= MOST_SUBSCRIPTIONS && !subscriptions.includes(uri)) {
          const message = `A session follows ${MOST_SUBSCRIPTIONS} resources at most`
          throw new ProtocolError(ProtocolErrorCode.InvalidParams, message)
        }
        return { subscriptions: [...new Set([...subscriptions, uri])] }
      }),
    unsubscribe: (uri) =>
      change(({ subscriptions }) => ({ subscriptions: subscriptions.filter((of) => of !== uri) })),
  }
}
