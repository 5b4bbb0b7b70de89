import type { Name } from '#contract/names.ts'
import { type Doer, isAdmin } from '../activity.ts'
import { refuse } from '../refusal.ts'
import type { Stores } from '../stores.ts'
import { serverUnknown } from './callable.ts'
import type { Server } from './tool-store.ts'

type Needed = Pick<Stores, 'directory' | 'activity' | 'catalogChanged'>

/**
 * Stops a server: from the next request on none of its tools is listed, found or called. Calls that
 * have begun go on to their end. Stopping what is stopped changes nothing, unless an admin takes
 * the stop over.
 * @throws Refusal server_unknown
 */
export async function stopServer(stores: Needed, name: Name, by: Doer): Promise<Server> {
  const { directory, activity, catalogChanged } = stores
  const server = (await directory.lockedServer(name)) ?? serverUnknown(name)
  const isHeld = server.stopped !== null && (isAdmin(server.stopped.actor) || !isAdmin(by.actor))
  if (isHeld) return server
  await directory.stopServer(server.id, by.actor)
  await activity.record({ ...by, action: 'server.stopped', subject: name })
  await catalogChanged()
  return (await directory.server(name)) ?? serverUnknown(name)
}

/**
 * Starts a server again. What an admin stopped only an admin starts.
 * @throws Refusal server_unknown, server_stopped
 */
export async function startServer(stores: Needed, name: Name, by: Doer): Promise<Server> {
  const { directory, activity, catalogChanged } = stores
  const server = (await directory.lockedServer(name)) ?? serverUnknown(name)
  if (server.stopped === null) return server
  if (isAdmin(server.stopped.actor) && !isAdmin(by.actor))
    refuse(
      'server_stopped',
      `An admin stopped the server "${name}"; only an admin starts it again: npx mcpbox servers start ${name}`,
    )
  await directory.startServer(server.id)
  await activity.record({ ...by, action: 'server.started', subject: name })
  await catalogChanged()
  return { ...server, stopped: null }
}
