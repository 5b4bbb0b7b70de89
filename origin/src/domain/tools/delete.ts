import { type Name, wireName } from '#contract/names.ts'
import { type Doer, isAdmin } from '../activity.ts'
import { refuse } from '../refusal.ts'
import type { Stores } from '../stores.ts'
import { lockTool, serverUnknown } from './callable.ts'
import { archiveAll } from './life-cycle.ts'
import type { Server, Tool } from './tool-store.ts'

/**
 * What is deleted is gone for clients at once, and its name is free. Calls that have begun go on to
 * their end. What happened stays: versions, approvals, executions, activity.
 */

type Needed = Pick<
  Stores,
  'tools' | 'directory' | 'approvals' | 'policies' | 'secrets' | 'activity' | 'catalogChanged'
>

/** Deletes a tool; a request about it that waits is withdrawn. @throws Refusal tool_unknown */
export async function deleteTool(stores: Needed, tool: Tool, by: Doer): Promise<void> {
  await lockTool(stores.tools, tool)
  await retire(stores, tool, by)
  await stores.catalogChanged()
}

/**
 * Deletes a server with all of its tools, and forgets its secrets and their values.
 * @returns the names of the tools that went with it
 * @throws Refusal server_unknown; admins_only, when an admin stopped it or gave it a policy of its own
 */
export async function deleteServer(stores: Needed, name: Name, by: Doer): Promise<Name[]> {
  const { tools, directory, secrets, activity } = stores
  const server = (await directory.lockedServer(name)) ?? serverUnknown(name)
  if (!isAdmin(by.actor)) await assertNotHeld(stores, server)
  const gone: Name[] = []
  for (const { name: toolName } of await tools.toolsOf(name)) {
    const tool = await tools.tool(name, toolName)
    if (tool === null || !(await tools.lock(tool.id))) continue
    await retire(stores, tool, by)
    gone.push(toolName)
  }
  await secrets.removeAll(server.id)
  await directory.deleteServer(server.id, by.actor)
  await activity.record({
    ...by,
    action: 'server.deleted',
    subject: name,
    details: { tools: gone },
  })
  await stores.catalogChanged()
  return gone
}

/** What an admin said of a server must not end with it, and begin anew under its name without that. */
async function assertNotHeld(
  { policies }: Pick<Stores, 'policies'>,
  { id, name, stopped }: Server,
) {
  const isStopped = stopped !== null && isAdmin(stopped.actor)
  if (!isStopped && (await policies.ofServer(id)) === null) return
  refuse(
    'admins_only',
    `An admin ${isStopped ? 'stopped' : 'set the approval policy of'} the server "${name}"; only an admin deletes it: npx mcpbox servers delete ${name}`,
  )
}

async function retire(stores: Needed, tool: Tool, by: Doer): Promise<void> {
  await archiveAll(stores, tool.id)
  await stores.directory.deleteTool(tool.id, by.actor)
  await stores.activity.record({
    ...by,
    action: 'tool.deleted',
    subject: wireName(tool.server, tool.name),
    details: { tool: tool.id },
  })
}
