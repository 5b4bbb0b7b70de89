import { afterAll, expect, inject, test } from 'vitest'
import { DecisionsMade } from '#contract/admin-door/decisions.ts'
import { PermissionDecisionsMade } from '#contract/admin-door/permissions.ts'
import { openAdmin, PASSWORD, setUpAdmin, signedInAs } from '../../../testing/admin.ts'
import { openReplicas } from '../../../testing/databases.ts'
import { asked, draftedTool } from '../../../testing/tools.ts'
import { UNSEEN } from '../../../domain/activity.ts'
import { askPermission } from '../../../domain/permissions/ask.ts'

/** Two admins, each at a replica of their own, decide on the same many things at once. */

const replicas = await openReplicas(inject('postgresUrl'))
const { here, there } = replicas
const [one, other] = [openAdmin(here), openAdmin(there)]
afterAll(async () => {
  await one[Symbol.asyncDispose]()
  await other[Symbol.asyncDispose]()
  await replicas[Symbol.asyncDispose]()
})
await setUpAdmin(one.door, here)
const alice = await signedInAs(one.door)
const known = await here.stores.admins.byName('alice')
await here.stores.admins.add('bobby', known?.passwordHash ?? PASSWORD)
const bobby = await signedInAs(other.door, 'bobby')
const MANY = 8

/** What both hear of each, by position. */
async function both(path: string, of: (verb: string) => object): Promise<[unknown, unknown]> {
  const send = ({ ask }: typeof alice, verb: string) =>
    ask(path, { method: 'POST', body: of(verb) }).then((response) => response.json())
  return Promise.all([send(alice, 'approve'), send(bobby, 'reject')])
}

test('of many versions each is decided once, and the slower hears who was faster', async () => {
  const approvals = await Promise.all(
    Array.from({ length: MANY }, async () => {
      const { tool } = await draftedTool(here.within)
      return asked(here.within, tool)
    }),
  )
  const heard = await both('/api/approvals/decisions', (decision) => ({
    decisions: approvals.map(({ id, hash }) => ({ approval: id, hash, decision, reason: 'no' })),
  }))
  const [approving, rejecting] = heard.map((body) => DecisionsMade.parse(body).items)
  for (const [at, { id }] of approvals.entries()) {
    const now = await here.stores.approvals.approval(id)
    const [approved, rejected] = [approving?.[at], rejecting?.[at]]
    const stands = approved?.version === null ? 'rejected' : 'approved'
    expect(now?.state).toBe(stands)
    expect([approved?.version === null, rejected?.version === null].filter(Boolean)).toHaveLength(1)
    const sentence = (approved?.problem ?? rejected?.problem)?.detail ?? ''
    expect(sentence).toContain(`${now?.decidedBy} has already ${stands} this`)
  }
})

test('of many requests for permissions each is decided once', async () => {
  const { tool } = await draftedTool(here.within)
  const requests: string[] = []
  for (let at = 0; at < MANY; at++) {
    const subject = {
      server: tool.server,
      tool: null,
      kind: 'host' as const,
      value: `h${at}.example`,
    }
    const asker = { actor: 'local', ...UNSEEN }
    const answer = await here.within((s) => askPermission(s, asker, subject, 'please'))
    requests.push('waits' in answer ? answer.waits.id : '')
  }
  const heard = await both('/api/permission-requests/decisions', (decision) => ({
    decisions: requests.map((request) => ({ request, decision, reason: 'no' })),
  }))
  const [approving, rejecting] = heard.map((body) => PermissionDecisionsMade.parse(body).items)
  const permitted = await here.stores.permissions.list(
    { server: tool.server },
    { after: null, limit: 100 },
  )
  for (const [at, request] of requests.entries()) {
    const isApproved = approving?.[at]?.decided !== null
    expect(rejecting?.[at]?.decided === null).toBe(isApproved)
    expect((await here.stores.permissions.request(request))?.state).toBe(
      isApproved ? 'approved' : 'rejected',
    )
    expect(permitted.some(({ value }) => value === `h${at}.example`)).toBe(isApproved)
  }
})
