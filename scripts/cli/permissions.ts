import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import type { PermissionView } from '#contract/admin-door/permissions.ts'
import { lineText } from '#contract/manifest.ts'
import { visibleLine } from '#contract/visible-text.ts'
import type { AdminClient } from './admin-client.ts'
import { inForce } from './in-force.ts'
import { timeFrom } from './times.ts'

/** What drafts under trial may use, on one server or on all. */
export async function listPermissions(client: AdminClient, server?: string): Promise<void> {
  for (let cursor: string | undefined; ;) {
    const query = { server, cursor, limit: 500 }
    const { items, next } = await client.call(ENDPOINTS.listPermissions, { query })
    for (const one of items) console.log(visibleLine(`${one.id}  ${about(one)}`))
    if (next === null) return
    cursor = next
  }
}

/** Permits something in a server, or in one tool of it, asked or not. */
export async function grantPermission(
  client: AdminClient,
  [server, kind, value]: readonly string[],
  { tool, until }: { tool?: string | undefined; until?: string | undefined },
): Promise<void> {
  const body = { server, tool: tool ?? null, kind, value, expires_at: timeFrom(until) }
  console.log(visibleLine(about(await client.call(ENDPOINTS.grantPermission, { body }))))
}

export async function revokePermission(
  client: AdminClient,
  id: string,
  reason: string,
): Promise<void> {
  const asked = { params: { id }, body: { reason } }
  console.log(visibleLine(about(await client.call(ENDPOINTS.revokePermission, asked))))
}

export async function expirePermission(client: AdminClient, id: string, at: string): Promise<void> {
  const asked = { params: { id }, body: { expires_at: timeFrom(at) } }
  const changed = await client.edit(ENDPOINTS.getPermission, ENDPOINTS.expirePermission, asked)
  console.log(visibleLine(about(changed)))
}

function about(permission: PermissionView): string {
  const where =
    permission.tool === null ? permission.server : `${permission.server}/${permission.tool}`
  return `${where}  ${lineText(permission)}  ${inForce(permission)}, by ${permission.granted_by}`
}
