import type { Context } from 'hono'
import { ClientInfo } from '#contract/operation.ts'
import { adminDoer, type Doer, type Seen } from '../../domain/activity.ts'
import type { DoorEnv } from '../door.ts'
import type { AdminEnv } from './signed-in.ts'

/** What of a request's context is looked at, whatever else a route keeps there. */
interface Asking {
  req: Pick<Context['req'], 'header'>
  get<K extends 'requestId' | 'address'>(key: K): DoorEnv['Variables'][K]
}

/** How a request reached the admin door. */
export function seenOf(c: Asking): Seen {
  return {
    client: clientOf(c.req.header('user-agent')),
    address: c.get('address'),
    requestId: c.get('requestId'),
  }
}

/** The admin who asks. */
export function byAdmin(c: Context<AdminEnv>): Doer {
  return adminDoer(c.get('admin').username, seenOf(c))
}

/** A program by its User-Agent (RFC 9110 §10.1.5): `name/version`, or all of it as the name. */
function clientOf(userAgent: string | undefined): ClientInfo | null {
  if (userAgent === undefined || userAgent === '') return null
  const [, name = userAgent.slice(0, 200), version = ''] =
    /^([^\s/]{1,100})\/(\S{1,100})$/.exec(userAgent) ?? []
  const client = ClientInfo.safeParse({ name, version })
  return client.success ? client.data : null
}
