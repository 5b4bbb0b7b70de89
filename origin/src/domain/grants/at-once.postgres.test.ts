import { afterAll, expect, inject, test } from 'vitest'
import { openReplicas } from '../../testing/databases.ts'
import {
  approve,
  approvedTool,
  asked,
  grantOf,
  manifest,
  newAdmin,
  redraft,
  reject,
} from '../../testing/tools.ts'
import { type Doer, UNSEEN } from '../activity.ts'
import type { Admin } from '../admins/admin-store.ts'
import { askApproval } from '../approvals/ask.ts'
import { changeServerPolicy } from '../policies/change.ts'
import type { Stores, Within } from '../stores.ts'
import { draft } from '../tools/life-cycle.ts'
import { restoreGrant, revokeGrant } from './change.ts'

/** Two admins, two replicas, one database: of what cannot both be, exactly one is. */

const replicas = await openReplicas(inject('postgresUrl'))
afterAll(() => replicas[Symbol.asyncDispose]())
const { here, there } = replicas
const alice = await newAdmin(here.stores)
const bob = await newAdmin(here.stores)
const ROUNDS = 10
const TWO_HOSTS = { manifest: manifest({ hosts: ['a.example', 'b.example'] }) }
const ONE_HOST = { manifest: manifest({ hosts: ['a.example'] }) }
const AGENT: Doer = { actor: 'local', ...UNSEEN }

const revoke = (within: Within, admin: Admin, id: string) =>
  within((stores) => revokeGrant(stores, admin, id, 'It leaks.', UNSEEN))

function reasons(settled: PromiseSettledResult<unknown>[]): unknown[] {
  return settled.filter((one) => one.status === 'rejected').map(({ reason }) => reason)
}

const actionsAbout = async (subject: string) =>
  (await here.stores.activity.page({ subject }, { limit: 100 })).map(({ action }) => action)

async function policy(stores: Stores, server: string, to: 'ask' | 'shrinking') {
  const found = await stores.directory.server(server as never)
  if (found === null) throw new Error('no server')
  await changeServerPolicy(stores, { actor: 'admin:alice', ...UNSEEN }, found, to)
}

test('two admins revoke one line at once: one does, and the other hears who', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const { version, wire } = await approvedTool(here, ONE_HOST)
    const { id } = await grantOf(here.stores, version, 'host a.example')
    const settled = await Promise.allSettled([
      revoke(here.within, alice, id),
      revoke(there.within, bob, id),
    ])
    const winner = settled[0]?.status === 'fulfilled' ? alice : bob
    expect(reasons(settled)).toEqual([
      expect.objectContaining({
        problem: {
          code: 'already_revoked',
          message: expect.stringContaining(`${winner.username} revoked it at`),
        },
      }),
    ])
    expect((await here.stores.grants.grant(id))?.revoked?.by).toBe(winner.username)
    expect((await actionsAbout(wire)).filter((one) => one === 'grant.revoked')).toHaveLength(1)
  }
})

test('a double click on revoke is one revocation', async () => {
  const { version, wire } = await approvedTool(here, ONE_HOST)
  const { id } = await grantOf(here.stores, version, 'host a.example')
  const settled = await Promise.allSettled([
    revoke(here.within, alice, id),
    revoke(here.within, alice, id),
  ])
  expect(reasons(settled)).toHaveLength(1)
  expect((await actionsAbout(wire)).filter((one) => one === 'grant.revoked')).toHaveLength(1)
})

test('one admin revokes while another restores: the line ends as the later of the two says', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const { version } = await approvedTool(here, ONE_HOST)
    const { id } = await grantOf(here.stores, version, 'host a.example')
    await revoke(here.within, alice, id)
    const [restored, revoked] = await Promise.allSettled([
      here.within((s) => restoreGrant(s, alice, id, UNSEEN)),
      revoke(there.within, bob, id),
    ])
    expect(restored.status).toBe('fulfilled')
    const now = await here.stores.grants.grant(id)
    expect(now?.revoked?.by ?? null).toBe(revoked.status === 'fulfilled' ? bob.username : null)
  }
})

test('revoking the live version’s line while the next version is approved: each does what it says', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const { tool, version } = await approvedTool(here, ONE_HOST)
    const { id } = await grantOf(here.stores, version, 'host a.example')
    const next = await redraft(here.within, version, { code: 'def main(): return 2' })
    const approval = await asked(here.within, tool)
    const settled = await Promise.allSettled([
      revoke(here.within, alice, id),
      approve(there.within, bob, approval),
    ])
    expect(reasons(settled)).toEqual([])
    expect((await here.stores.grants.grant(id))?.revoked?.by).toBe(alice.username)
    // What was approved after all is its own text with its own lines.
    expect(await here.stores.tools.versionIn(tool.id, 'live')).toMatchObject({ id: next.id })
    expect((await grantOf(here.stores, next, 'host a.example')).revoked).toBeNull()
  }
})

test('revoking while a shrinking version asks: approved by policy before, or left to a person, never after', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const { tool, version } = await approvedTool(here, TWO_HOSTS)
    await here.within((s) => policy(s, version.server, 'shrinking'))
    await redraft(here.within, version, ONE_HOST)
    const { id } = await grantOf(here.stores, version, 'host b.example')
    const [revoked, answer] = await Promise.allSettled([
      revoke(here.within, alice, id),
      there.within((s) => askApproval(s, tool, AGENT, '')),
    ])
    if (revoked.status !== 'fulfilled' || answer.status !== 'fulfilled')
      throw new Error('neither is refused')
    const { approval, verdict } = answer.value
    const decided = await here.stores.approvals.approval(approval.id)
    const isByPolicy = verdict?.rule === 'shrinking'
    expect(decided?.state).toBe(isByPolicy ? 'approved' : 'waiting')
    const live = await here.stores.tools.versionIn(tool.id, 'live')
    expect(live?.manifest.hosts).toEqual(isByPolicy ? ['a.example'] : TWO_HOSTS.manifest.hosts)
    const decidedAt = decided?.decidedAt ?? new Date(0)
    expect(decidedAt <= (revoked.value.revoked?.at ?? new Date(0))).toBe(true)
  }
})

test('a policy is taken back while a version asks: what is asked after that waits for a person', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const { tool, version } = await approvedTool(here, TWO_HOSTS)
    await here.within((s) => policy(s, version.server, 'shrinking'))
    await redraft(here.within, version, ONE_HOST)
    const [, answer] = await Promise.all([
      here.within((s) => policy(s, version.server, 'ask')),
      there.within((s) => askApproval(s, tool, AGENT, '')),
    ])
    const state = (await here.stores.approvals.approval(answer.approval.id))?.state
    expect(state).toBe(answer.verdict?.rule === 'shrinking' ? 'approved' : 'waiting')
    await redraft(here.within, version, { timeoutMs: 5_000 })
    const later = await there.within((s) => askApproval(s, tool, AGENT, ''))
    expect(later.verdict).toEqual({ rule: null, because: [] })
  }
})

test('a draft is changed while a policy approves it: what goes live is what was judged', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const { tool, version } = await approvedTool(here, TWO_HOSTS)
    await here.within((s) => policy(s, version.server, 'shrinking'))
    const shrunk = await redraft(here.within, version, ONE_HOST)
    const evil = { ...shrunk, code: 'import os' }
    const [answer] = await Promise.allSettled([
      here.within((s) => askApproval(s, tool, AGENT, '')),
      there.within(async (stores) => {
        await stores.tools.lock(tool.id)
        return draft(stores, tool.id, evil, 'local')
      }),
    ])
    const live = await here.stores.tools.versionIn(tool.id, 'live')
    const isApproved = answer.status === 'fulfilled' && answer.value.verdict?.rule === 'shrinking'
    expect(live?.id).toBe(isApproved ? shrunk.id : version.id)
    expect(live?.code).toBe(version.code)
  }
})

test('two ask for one shrinking version at once: it is approved once', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const { tool, version, wire } = await approvedTool(here, TWO_HOSTS)
    await here.within((s) => policy(s, version.server, 'shrinking'))
    await redraft(here.within, version, ONE_HOST)
    const settled = await Promise.allSettled([
      here.within((s) => askApproval(s, tool, AGENT, '')),
      there.within((s) => askApproval(s, tool, AGENT, '')),
    ])
    expect(reasons(settled)).toEqual([
      expect.objectContaining({ problem: expect.objectContaining({ code: 'nothing_to_publish' }) }),
    ])
    const approved = (await actionsAbout(wire)).filter((one) => one === 'approval.approved')
    expect(approved).toHaveLength(2)
  }
})

test('a person rejects what a policy would approve by now: the rejection stands', async () => {
  const { tool, version } = await approvedTool(here, TWO_HOSTS)
  const next = await redraft(here.within, version, ONE_HOST)
  const approval = await asked(here.within, tool)
  await here.within((s) => policy(s, version.server, 'shrinking'))
  const [again] = await Promise.allSettled([
    there.within((s) => askApproval(s, tool, AGENT, '')),
    reject(here.within, bob, approval, 'no'),
  ])
  // Who asks again meets the question that waits, or that there is nothing left to ask.
  expect(again.status === 'fulfilled' ? again.value.verdict : null).toBeNull()
  expect((await here.stores.tools.version(next.id))?.state).toBe('rejected')
  expect(await here.stores.tools.versionIn(tool.id, 'live')).toMatchObject({ id: version.id })
})
