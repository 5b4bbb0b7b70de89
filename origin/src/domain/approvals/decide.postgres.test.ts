import { UNSEEN } from '../activity.ts'
import { afterAll, expect, inject, test } from 'vitest'
import { freshDatabase, openReplica, sql } from '../../testing/databases.ts'
import {
  approve,
  approvedTool,
  asked,
  draftedTool,
  manifest,
  newAdmin,
  redraft,
  reject,
} from '../../testing/tools.ts'
import { askApproval } from './ask.ts'
import { decide } from './decide.ts'

const database = await freshDatabase(inject('postgresUrl'))
const opened = await openReplica(database.url)
afterAll(async () => {
  await opened[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})
const { db, stores, within } = opened
const admin = await newAdmin(stores)
const asker = { actor: 'local', ...UNSEEN }

const stateOf = async (id: string) => (await stores.tools.version(id))?.state
const decision = (approvalId: string, hash: string, reason: string | null = null) => ({
  approvalId,
  hash,
  reason,
  decision: reason === null ? ('approve' as const) : ('reject' as const),
})

test('an approval makes exactly the asked text live', async () => {
  const { tool, version } = await draftedTool(within)
  await approve(within, admin, await asked(within, tool))
  expect(await stores.tools.versionIn(tool.id, 'live')).toMatchObject({
    id: version.id,
    code: version.code,
    hash: version.hash,
  })
})

test('the version that was live before is archived', async () => {
  const { tool, version: first } = await approvedTool(opened)
  const second = await redraft(within, first, { code: 'def main(): return 2' })
  expect(await stateOf(first.id)).toBe('live')
  await approve(within, admin, await asked(within, tool))
  expect(await stateOf(first.id)).toBe('archived')
  expect(await stateOf(second.id)).toBe('live')
})

test('a live version stays live while a new draft is written, asked about and rejected', async () => {
  const { tool, version } = await approvedTool(opened)
  await redraft(within, version, { code: 'def main(): return 2' })
  expect(await stateOf(version.id)).toBe('live')
  const approval = await asked(within, tool)
  expect(await stateOf(version.id)).toBe('live')
  await reject(within, admin, approval, 'no')
  expect(await stateOf(version.id)).toBe('live')
})

test('an approval grants every line of the manifest, bound to it', async () => {
  const { tool, version } = await draftedTool(within, {
    manifest: manifest({ hosts: ['a.example'], modules: ['os', 're'], secrets: ['API_KEY'] }),
  })
  expect((await stores.tools.candidate(version.id))?.approved).toBeNull()
  await approve(within, admin, await asked(within, tool))
  const approved = (await stores.tools.candidate(version.id))?.approved
  expect(approved?.hash).toBe(version.hash)
  const untilRevoked = { expiresAt: null, revoked: null }
  expect(new Set(approved?.lines)).toEqual(
    new Set([
      { kind: 'host', value: 'a.example', ...untilRevoked },
      { kind: 'module', value: 'os', ...untilRevoked },
      { kind: 'module', value: 're', ...untilRevoked },
      { kind: 'secret', value: 'API_KEY', ...untilRevoked },
    ]),
  )
})

test('a decision about another hash than the asked one is refused, and nothing goes live', async () => {
  const { tool, version } = await draftedTool(within)
  const { id } = await asked(within, tool)
  await expect(
    within((s) => decide(s, admin, decision(id, 'f'.repeat(64)), UNSEEN)),
  ).rejects.toMatchObject({ problem: { code: 'approval_stale' } })
  expect(await stateOf(version.id)).toBe('pending')
})

test('changing the draft withdraws the question: what was asked cannot be approved any more', async () => {
  const { tool, version } = await draftedTool(within)
  const first = await asked(within, tool)
  const changed = await redraft(within, version, { code: 'def main(): return 2' })
  await expect(approve(within, admin, first)).rejects.toMatchObject({
    problem: {
      code: 'approval_stale',
      message: 'The draft was changed after this was asked; decide on the new request.',
    },
  })
  expect(await stores.approvals.approval(first.id)).toMatchObject({ state: 'withdrawn' })
  expect(await stores.tools.versionIn(tool.id, 'live')).toBeNull()
  await approve(within, admin, await asked(within, tool))
  expect(await stateOf(changed.id)).toBe('live')
})

test('the second to decide hears who decided, and how', async () => {
  const { tool, version } = await draftedTool(within)
  const approval = await asked(within, tool)
  await reject(within, admin, approval, 'It reads too much.')
  const refused = approve(within, await newAdmin(stores), approval)
  await expect(refused).rejects.toMatchObject({ problem: { code: 'approval_decided' } })
  await expect(refused).rejects.toThrow(`${admin.username} has already rejected this`)
  expect(await stateOf(version.id)).toBe('rejected')
})

test.each([null, '', '  \n'])('a rejection with the reason %j is refused', async (reason) => {
  const { tool, version } = await draftedTool(within)
  const { id, hash } = await asked(within, tool)
  const wish = { approvalId: id, hash, decision: 'reject' as const, reason }
  await expect(within((s) => decide(s, admin, wish, UNSEEN))).rejects.toMatchObject({
    problem: { code: 'reason_required' },
  })
  expect(await stateOf(version.id)).toBe('pending')
})

test('a rejected text can be drafted and asked about again', async () => {
  const { tool, version } = await draftedTool(within)
  await reject(within, admin, await asked(within, tool), 'not today')
  const again = await redraft(within, version, {})
  expect(again).toMatchObject({ number: 2, state: 'draft', hash: version.hash })
  await approve(within, admin, await asked(within, tool))
  expect(await stateOf(again.id)).toBe('live')
  expect(await stateOf(version.id)).toBe('rejected')
})

test('an unknown question is refused', async () => {
  const nobody = decision(crypto.randomUUID(), 'f'.repeat(64))
  await expect(within((s) => decide(s, admin, nobody, UNSEEN))).rejects.toMatchObject({
    problem: { code: 'approval_unknown' },
  })
})

test('a text that was tampered with between question and answer does not go live', async () => {
  const { tool, version } = await draftedTool(within)
  const approval = await asked(within, tool)
  await db.execute(sql`alter table versions disable trigger versions_keep_text`)
  await db.execute(sql`update versions set code = 'import os' where id = ${version.id}`)
  await db.execute(sql`alter table versions enable trigger versions_keep_text`)
  await expect(approve(within, admin, approval)).rejects.toMatchObject({
    problem: { code: 'approval_stale' },
  })
  expect(await stateOf(version.id)).toBe('pending')
})

test('asking twice gives the question there is', async () => {
  const { tool } = await draftedTool(within)
  expect((await asked(within, tool)).id).toBe((await asked(within, tool)).id)
})

test('without a draft there is nothing to ask about', async () => {
  const { tool, wire } = await approvedTool(opened)
  await expect(within((s) => askApproval(s, tool, asker, ''))).rejects.toMatchObject({
    problem: {
      code: 'nothing_to_publish',
      message: `"${wire}" has no draft: its newest version was decided already. Change it with mcpbox_update_tool first.`,
    },
  })
})

test('who asked, who decided and about which hash is in the activity', async () => {
  const { version, admin: decider, approval, wire } = await approvedTool(opened)
  const about = (await stores.activity.page({}, { limit: 500 })).filter(
    ({ subject }) => subject === wire,
  )
  expect(about.map(({ actor, action, details }) => ({ actor, action, details }))).toEqual([
    {
      actor: `admin:${decider.username}`,
      action: 'approval.approved',
      details: { approval: approval.id, hash: version.hash, reason: null },
    },
    {
      actor: 'local',
      action: 'approval.requested',
      details: { approval: approval.id, hash: version.hash },
    },
  ])
})
