import { afterAll, expect, inject, test } from 'vitest'
import { freshDatabase, openReplica, sql } from '../../testing/databases.ts'
import {
  approvedTool,
  asked,
  draftedTool,
  grantOf,
  manifest,
  newAdmin,
} from '../../testing/tools.ts'
import { UNSEEN } from '../activity.ts'
import { decide } from '../approvals/decide.ts'
import { assertApproved } from '../tools/callable.ts'
import type { Version } from '../tools/version.ts'
import { expireGrant, restoreGrant, revokeGrant } from './change.ts'
import { noteExpired } from './note-expired.ts'

const database = await freshDatabase(inject('postgresUrl'))
const opened = await openReplica(database.url)
afterAll(async () => {
  await opened[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})
const { db, stores, within } = opened
const ada = await newAdmin(stores)

const TWO_HOSTS = { manifest: manifest({ hosts: ['a.example', 'b.example'] }) }
const HOUR_MS = 3_600_000
const inAnHour = () => new Date(Date.now() + HOUR_MS)

/** Throws what a call of the version, now or then, is refused with. */
async function called({ id }: Version, now?: Date) {
  const candidate = await stores.tools.candidate(id)
  if (candidate === null) throw new Error('the version is gone')
  assertApproved(candidate, now)
}

async function withLine(line = 'host a.example') {
  const { version, wire } = await approvedTool(opened, TWO_HOSTS)
  const { id } = await grantOf(stores, version, line)
  return { version, wire, id }
}

const revoke = (id: string, reason = 'It leaks.') =>
  within((s) => revokeGrant(s, ada, id, reason, UNSEEN))
const restore = (id: string) => within((s) => restoreGrant(s, ada, id, UNSEEN))
const expire = (id: string, at: Date | null) => within((s) => expireGrant(s, ada, id, at, UNSEEN))

async function recorded(subject: string) {
  const all = await stores.activity.page({ subject }, { limit: 100 })
  return all.map(({ actor, action, details }) => ({ actor, action, line: details['line'] }))
}

test('a version whose line was revoked is refused, naming the line, who, when and why', async () => {
  const { version, wire, id } = await withLine()
  await expect(called(version)).resolves.toBeUndefined()
  const { revoked } = await revoke(id)
  await expect(called(version)).rejects.toMatchObject({
    problem: {
      code: 'not_approved',
      message: `"${wire}" may not run: it needs host a.example, but ${ada.username} revoked it at ${revoked?.at.toISOString()}: It leaks. Ask a person to restore that, or change the tool so that it does without, and publish it.`,
    },
  })
})

test('a line that is restored is in force again', async () => {
  const { version, id } = await withLine()
  await revoke(id)
  expect(await restore(id)).toMatchObject({ revoked: null })
  await expect(called(version)).resolves.toBeUndefined()
})

test('a line ends by itself at its time, not before, and the sentence says so', async () => {
  const { version, wire, id } = await withLine()
  const at = inAnHour()
  await expire(id, at)
  await expect(called(version, new Date(at.getTime() - 1))).resolves.toBeUndefined()
  await expect(called(version, at)).rejects.toThrow(
    `"${wire}" may not run: it needs host a.example, but its permission ended at ${at.toISOString()}.`,
  )
})

test('a line that is revoked does not come back by a longer time', async () => {
  const { version, id } = await withLine()
  await revoke(id)
  await expire(id, inAnHour())
  await expect(called(version)).rejects.toThrow('revoked it')
})

test('a line that is over comes back with a new time, or without one', async () => {
  const { version, id } = await withLine()
  await db.execute(sql`update grants set expires_at = now() - interval '1 second' where id = ${id}`)
  await expect(called(version)).rejects.toThrow('its permission ended')
  await expire(id, null)
  await expect(called(version)).resolves.toBeUndefined()
})

test('an approval may grant a line for a time only', async () => {
  const { tool, version } = await draftedTool(within, TWO_HOSTS)
  const { id, hash } = await asked(within, tool)
  const at = inAnHour()
  const line = { kind: 'host' as const, value: 'a.example' }
  const wish = { approvalId: id, hash, decision: 'approve' as const, reason: null }
  await expect(
    within((s) => decide(s, ada, { ...wish, expiries: [{ ...line, at: new Date(0) }] }, UNSEEN)),
  ).rejects.toMatchObject({ problem: { code: 'expiry_past' } })
  await expect(
    within((s) =>
      decide(s, ada, { ...wish, expiries: [{ ...line, value: 'c.example', at }] }, UNSEEN),
    ),
  ).rejects.toMatchObject({ problem: { code: 'invalid_request' } })
  await within((s) => decide(s, ada, { ...wish, expiries: [{ ...line, at }] }, UNSEEN))
  expect((await grantOf(stores, version, 'host a.example')).expiresAt).toEqual(at)
  expect((await grantOf(stores, version, 'host b.example')).expiresAt).toBeNull()
})

test.each([
  ['revoking what is revoked', revoke, 'already_revoked'],
  [
    'revoking for no reason',
    (id: string) => restore(id).then(() => revoke(id, ' ')),
    'reason_required',
  ],
])('%s is refused', async (_what, act, code) => {
  const { id } = await withLine()
  await revoke(id)
  await expect(act(id)).rejects.toMatchObject({ problem: { code } })
})

test('restoring what is not revoked, ending what is past, and changing what is not there are refused', async () => {
  const { id } = await withLine()
  await expect(restore(id)).rejects.toMatchObject({ problem: { code: 'not_revoked' } })
  const past = expire(id, new Date(Date.now() - 1))
  await expect(past).rejects.toMatchObject({ problem: { code: 'expiry_past' } })
  const nobody = revoke(crypto.randomUUID())
  await expect(nobody).rejects.toMatchObject({ problem: { code: 'grant_unknown' } })
})

test('who revoked, restored and set an end is in the activity', async () => {
  const { wire, id } = await withLine()
  await revoke(id)
  await restore(id)
  await expire(id, inAnHour())
  const line = 'host a.example'
  const actor = `admin:${ada.username}`
  expect((await recorded(wire)).slice(0, 3)).toEqual([
    { actor, action: 'grant.expiry_set', line },
    { actor, action: 'grant.restored', line },
    { actor, action: 'grant.revoked', line },
  ])
})

test('that a line of a live version ended by itself is recorded, once, whoever looks', async () => {
  const { wire, id } = await withLine()
  const at = inAnHour()
  await expire(id, at)
  await noteExpired(within)
  expect(await recorded(wire)).not.toContainEqual(
    expect.objectContaining({ action: 'grant.expired' }),
  )
  await Promise.all([noteExpired(within, at), noteExpired(within, at)])
  await noteExpired(within, at)
  const ended = (await recorded(wire)).filter(({ action }) => action === 'grant.expired')
  expect(ended).toEqual([
    { actor: 'housekeeping', action: 'grant.expired', line: 'host a.example' },
  ])
})

test('a line that got a new time is recorded anew when that ends', async () => {
  const { wire, id } = await withLine()
  for (const hours of [1, 2]) {
    const at = new Date(Date.now() + hours * HOUR_MS)
    await expire(id, at)
    await noteExpired(within, at)
  }
  const ended = (await recorded(wire)).filter(({ action }) => action === 'grant.expired')
  expect(ended).toHaveLength(2)
})

test('replicas hear that what is granted has changed', async () => {
  const { id } = await withLine()
  const { promise, resolve } = Promise.withResolvers<string | null>()
  using _listening = opened.notices.on('mcpbox_grants', resolve)
  await revoke(id)
  expect(await promise).toBe('')
})
