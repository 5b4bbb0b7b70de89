import type { AdminClient } from './admin-client.ts'
import { ask } from './ask.ts'
import { present } from './present.ts'
import { timeFrom } from './times.ts'

/** Shows each waiting request and asks for a decision on exactly what was shown. */
export async function reviewApprovals(client: AdminClient): Promise<void> {
  const waiting = await client.waiting()
  if (waiting.length === 0) console.log('Nothing waits for approval.')
  for (const approval of waiting) {
    console.log(present(approval))
    const answer = (await ask('[a]pprove, [r]eject or [s]kip? ')).trim().toLowerCase()
    if (answer === 'a') await approve(client, approval.id, approval.hash)
    else if (answer === 'r') await reject(client, approval.id, approval.hash, await ask('Why? '))
    else console.log('Left waiting.')
  }
}

/**
 * Approves the version that was shown; one whose hash is another by now is refused.
 * @param until when all that it may use ends; left out: when it is revoked
 */
export async function approve(
  client: AdminClient,
  id: string,
  hash: string,
  until?: string,
): Promise<void> {
  const end = timeFrom(until)
  const expiries =
    end === null
      ? []
      : (await client.approval(id)).lines.map(({ kind, value }) => ({
          kind,
          value,
          expires_at: end,
        }))
  const version = await client.decide(id, { hash, decision: 'approve', reason: null, expiries })
  console.log(`${version.tool} version ${version.number} is live.`)
}

/** Rejects the version that was shown; its author reads the reason. */
export async function reject(
  client: AdminClient,
  id: string,
  hash: string,
  reason: string,
): Promise<void> {
  const version = await client.decide(id, { hash, decision: 'reject', reason })
  console.log(`${version.tool} version ${version.number} is rejected.`)
}
