import { afterAll, expect, inject, test } from 'vitest'
import { openReplicas } from '../../testing/databases.ts'
import { draftedTool, newAdmin } from '../../testing/tools.ts'
import { type Doer, UNSEEN } from '../activity.ts'
import type { Admin } from '../admins/admin-store.ts'
import type { Refusal } from '../refusal.ts'
import type { Within } from '../stores.ts'
import { askPermission } from './ask.ts'
import { grantPermission, revokePermission } from './change.ts'
import { decidePermission, type PermissionDecision } from './decide.ts'
import type { Subject } from './permission.ts'

/** Two admins, two replicas, agents between them: one decision stands. */

const replicas = await openReplicas(inject('postgresUrl'))
afterAll(() => replicas[Symbol.asyncDispose]())
const { here, there } = replicas
const alice = await newAdmin(here.stores)
const bob = await newAdmin(here.stores)
const AGENT: Doer = { actor: 'local', ...UNSEEN }
const ROUNDS = 10

async function subject(): Promise<Subject> {
  const { tool } = await draftedTool(here.within)
  return { server: tool.server, tool: tool.name, kind: 'host', value: 'a.example' }
}

const ask = (within: Within, about: Subject) =>
  within((stores) => askPermission(stores, AGENT, about, 'please'))

async function waiting(about: Subject) {
  const answer = await ask(here.within, about)
  if (!('waits' in answer)) throw new Error('it does not wait')
  return answer.waits
}

const decide = (
  within: Within,
  admin: Admin,
  requestId: string,
  decision: PermissionDecision['decision'],
) =>
  within((stores) =>
    decidePermission(
      stores,
      admin,
      { requestId, decision, reason: 'No.', expiresAt: null },
      UNSEEN,
    ),
  )

function reasons(settled: PromiseSettledResult<unknown>[]): unknown[] {
  return settled.filter((one) => one.status === 'rejected').map(({ reason }) => reason)
}

test('two admins decide one request at once: one decision stands, and the other hears whose', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const request = await waiting(await subject())
    const settled = await Promise.allSettled([
      decide(here.within, alice, request.id, 'approve'),
      decide(there.within, bob, request.id, 'reject'),
    ])
    const isApproved = settled[0]?.status === 'fulfilled'
    expect(reasons(settled)).toEqual([
      expect.objectContaining({
        problem: {
          code: 'request_decided',
          message: expect.stringContaining(
            isApproved
              ? `${alice.username} has already approved`
              : `${bob.username} has already rejected`,
          ),
        },
      }),
    ])
    expect((await here.stores.permissions.about(request)) !== null).toBe(isApproved)
  }
})

test('a double click on approve is one permission', async () => {
  const request = await waiting(await subject())
  const settled = await Promise.allSettled([
    decide(here.within, alice, request.id, 'approve'),
    decide(here.within, alice, request.id, 'approve'),
  ])
  expect(reasons(settled)).toHaveLength(1)
})

test('two agents ask for the same at once: they get one and the same request', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const about = await subject()
    const [one, other] = await Promise.all([ask(here.within, about), ask(there.within, about)])
    expect('waits' in one && 'waits' in other && one.waits.id === other.waits.id).toBe(true)
  }
})

test('an agent asks again while an admin rejects: it gets the open request or the reason, and no second one', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const about = await subject()
    const request = await waiting(about)
    const [rejected, again] = await Promise.allSettled([
      decide(here.within, alice, request.id, 'reject'),
      ask(there.within, about),
    ])
    expect(rejected.status).toBe('fulfilled')
    const heard =
      again.status === 'rejected'
        ? (again.reason as Refusal).problem.code
        : 'waits' in again.value && again.value.waits.id
    expect(heard).toBeOneOf([request.id, 'request_rejected'])
    expect(await here.stores.permissions.waiting(request)).toBeNull()
  }
})

test('one admin revokes while another grants anew: it ends as the later of the two says', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const about = await subject()
    const { id } = await here.within((s) => grantPermission(s, alice, about, null, UNSEEN))
    const settled = await Promise.allSettled([
      here.within((s) => revokePermission(s, alice, id, 'no', UNSEEN)),
      there.within((s) => grantPermission(s, bob, about, null, UNSEEN)),
    ])
    expect(reasons(settled)).toEqual([])
    const last = (await here.stores.activity.page({ text: id }, { limit: 1 }))[0]?.action
    const now = await here.stores.permissions.permission(id)
    expect(now?.revoked === null).toBe(last === 'permission.granted')
  }
})

test('one admin grants while another rejects the request: of the two the first stands', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const about = await subject()
    const request = await waiting(about)
    const [granted, rejected] = await Promise.allSettled([
      here.within((s) => grantPermission(s, alice, about, null, UNSEEN)),
      decide(there.within, bob, request.id, 'reject'),
    ])
    // To grant is an act of its own, and not an answer: it is never refused.
    expect(granted.status).toBe('fulfilled')
    const state = (await here.stores.permissions.request(request.id))?.state
    expect(state).toBe(rejected.status === 'fulfilled' ? 'rejected' : 'approved')
    expect((await ask(here.within, about)) satisfies object).toHaveProperty('permitted')
  }
})
