import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import type { GrantView } from '#contract/admin-door/grants.ts'
import { lineText } from '#contract/manifest.ts'
import { wireName } from '#contract/names.ts'
import { visibleLine } from '#contract/visible-text.ts'
import type { AdminClient } from './admin-client.ts'
import { inForce } from './in-force.ts'
import { timeFrom } from './times.ts'

/** Lines of live versions, of one server or of all: what each may use, and for how long. */
export async function listGrants(client: AdminClient, server?: string): Promise<void> {
  for (let cursor: string | undefined; ;) {
    const query = { server, cursor, limit: 500 }
    const { items, next } = await client.call(ENDPOINTS.listGrants, { query })
    for (const grant of items) console.log(visibleLine(`${grant.id}  ${about(grant)}`))
    if (next === null) return
    cursor = next
  }
}

export async function revokeGrant(client: AdminClient, id: string, reason: string): Promise<void> {
  const asked = { params: { id }, body: { reason } }
  console.log(visibleLine(about(await client.call(ENDPOINTS.revokeGrant, asked))))
}

export async function restoreGrant(client: AdminClient, id: string): Promise<void> {
  const grant = await client.call(ENDPOINTS.restoreGrant, { params: { id } })
  console.log(visibleLine(about(grant)))
}

export async function expireGrant(client: AdminClient, id: string, at: string): Promise<void> {
  const asked = { params: { id }, body: { expires_at: timeFrom(at) } }
  const grant = await client.edit(ENDPOINTS.getGrant, ENDPOINTS.expireGrant, asked)
  console.log(visibleLine(about(grant)))
}

function about(grant: GrantView): string {
  const version = `${wireName(grant.server, grant.tool)} version ${grant.version}`
  return `${version}  ${lineText(grant)}  ${inForce(grant)}`
}
