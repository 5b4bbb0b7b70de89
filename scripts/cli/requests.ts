import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import type { PermissionRequestView } from '#contract/admin-door/permissions.ts'
import { lineText } from '#contract/manifest.ts'
import { visibleLine } from '#contract/visible-text.ts'
import type { AdminClient } from './admin-client.ts'
import { ask } from './ask.ts'
import { timeFrom } from './times.ts'

/** What a permission means, for whoever gives it. */
const MEANS = 'drafts that nobody has read yet may use it, without secrets'

/** Shows each request for a permission that waits, and asks for a decision. */
export async function reviewRequests(client: AdminClient): Promise<void> {
  const waiting = await waitingRequests(client)
  if (waiting.length === 0) console.log('Nobody waits for a permission.')
  for (const request of waiting) {
    console.log(presentRequest(request))
    const answer = (await ask('[a]pprove, [r]eject or [s]kip? ')).trim().toLowerCase()
    if (answer === 'a') await approveRequest(client, request.id)
    else if (answer === 'r') await rejectRequest(client, request.id, await ask('Why? '))
    else console.log('Left waiting.')
  }
}

export async function listRequests(client: AdminClient): Promise<void> {
  for (const request of await waitingRequests(client)) console.log(presentRequest(request))
}

/** @param until when the permission ends; left out: when it is revoked */
export async function approveRequest(
  client: AdminClient,
  id: string,
  until?: string,
): Promise<void> {
  const decision = { decision: 'approve', expires_at: timeFrom(until) }
  const request = await client.call(ENDPOINTS.decidePermission, { params: { id }, body: decision })
  console.log(`${about(request)} is permitted${until === undefined ? '' : ` until ${until}`}.`)
}

export async function rejectRequest(
  client: AdminClient,
  id: string,
  reason: string,
): Promise<void> {
  const decision = { decision: 'reject', reason }
  const request = await client.call(ENDPOINTS.decidePermission, { params: { id }, body: decision })
  console.log(`${about(request)} is rejected.`)
}

/** A request as the person who decides reads it: nothing of the asker's leaves its line. */
export function presentRequest(request: PermissionRequestView): string {
  const { client } = request
  const by = `${request.requested_by}${client === null ? '' : ` with ${client.name} ${client.version}`}`
  const fields = {
    request: request.id,
    'asked by': `${by}, ${request.requested_at}`,
    why: request.justification,
    means: MEANS,
  }
  return [
    `── ${about(request)}`,
    ...Object.entries(fields).map(([name, value]) => `${name.padEnd(10)} ${visibleLine(value)}`),
    '',
  ].join('\n')
}

async function waitingRequests(client: AdminClient): Promise<PermissionRequestView[]> {
  const query = { state: 'waiting', limit: 500 }
  return (await client.call(ENDPOINTS.listPermissionRequests, { query })).items
}

function about(request: PermissionRequestView): string {
  const where =
    request.tool === null
      ? `all tools of ${request.server}`
      : `the tool ${request.tool} of ${request.server}`
  return visibleLine(`${lineText(request)} for ${where}`)
}
