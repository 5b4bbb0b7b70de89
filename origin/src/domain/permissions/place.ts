import type { Stores } from '../stores.ts'
import { serverUnknown, toolUnknown } from '../tools/callable.ts'
import type { Place, Subject } from './permission.ts'

/** @throws Refusal server_unknown, tool_unknown */
export async function placeOf(
  tools: Stores['tools'],
  { server, tool, kind, value }: Subject,
): Promise<Place> {
  const serverId = (await tools.serverId(server)) ?? serverUnknown(server)
  if (tool === null) return { serverId, toolId: null, kind, value }
  const { id } = (await tools.tool(server, tool)) ?? toolUnknown(server, tool)
  return { serverId, toolId: id, kind, value }
}
