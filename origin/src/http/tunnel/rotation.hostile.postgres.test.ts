import { afterAll, afterEach, expect, inject, test } from 'vitest'
import { deployDoer, UNSEEN } from '../../domain/activity.ts'
import { beginRotation, finishRotation, readKeyRing } from '../../domain/tunnel-keys/rotate.ts'
import { openReplicas, sql } from '../../testing/databases.ts'
import { refusalOf } from '../../testing/doors.ts'
import { ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { openTunnel, send } from '../../testing/tunnel.ts'

/** Two replicas on one PostgreSQL: whom their tunnel doors let in while keys are rotated. */

const BY = deployDoer({ ...UNSEEN, address: '192.0.2.7' })
const replicas = await openReplicas(inject('postgresUrl'))
const { here, there } = replicas
const doors = [here, there].map((opened) =>
  openTunnel(opened, new ScriptedSandbox(), () => readKeyRing(opened.stores.settings)),
)
const [first, second] = doors as [(typeof doors)[0], (typeof doors)[0]]
afterAll(async () => {
  for (const door of doors) await door[Symbol.asyncDispose]()
  await replicas[Symbol.asyncDispose]()
})
afterEach(async () => {
  const { next } = await readKeyRing(here.stores.settings)
  if (next !== null) await finishRotation(here.within, next.id, BY)
})

const current = async () => (await readKeyRing(here.stores.settings)).current
type Pair = Awaited<ReturnType<typeof current>>

async function ping(at: typeof first, { serviceToken, assertionKey }: Omit<Pair, 'id'>) {
  const response = await send(at.door, { path: '/ping', token: serviceToken, key: assertionKey })
  return response.status === 200 ? 200 : refusalOf(response)
}

const MISMATCH = [403, 'service_token_mismatch']

test('while a rotation is under way both pairs are good at every replica, at once', async () => {
  const old = await current()
  for (const at of doors) expect(await ping(at, old)).toBe(200)
  const next = await beginRotation(here.within, BY)
  for (const at of [second, first]) {
    expect(await ping(at, next)).toBe(200)
    expect(await ping(at, old)).toBe(200)
  }
})

test('a new pair counts at a replica that never heard of the rotation', async () => {
  const old = await current()
  expect(await ping(second, old)).toBe(200)
  // As beginRotation does it, but nobody is told.
  const ring = await readKeyRing(here.stores.settings)
  const next = { ...old, id: crypto.randomUUID(), serviceToken: 'n'.repeat(40) }
  await here.stores.settings.set('tunnel_keys', JSON.stringify({ ...ring, next }))
  expect(await ping(second, next)).toBe(200)
})

test('a service token with the assertion key of the other pair is refused', async () => {
  const old = await current()
  const next = await beginRotation(here.within, BY)
  for (const at of doors) {
    expect(await ping(at, { ...old, assertionKey: next.assertionKey })).toEqual([
      403,
      'assertion_invalid',
    ])
    expect(await ping(at, { ...next, assertionKey: old.assertionKey })).toEqual([
      403,
      'assertion_invalid',
    ])
  }
})

test('once a rotation is finished the old pair is good nowhere', async () => {
  const old = await current()
  const next = await beginRotation(here.within, BY)
  for (const at of doors) expect(await ping(at, old)).toBe(200)
  await finishRotation(there.within, next.id, BY)
  for (const at of doors) {
    await expect.poll(() => ping(at, old)).toEqual(MISMATCH)
    expect(await ping(at, next)).toBe(200)
  }
})

test('begun by many at once it is one rotation; finished by many, it is finished once', async () => {
  const old = await current()
  const begun = await Promise.all(
    [here, there, here, there, here].map(({ within }) => beginRotation(within, BY)),
  )
  expect(new Set(begun.map(({ id }) => id)).size).toBe(1)
  const [next] = begun as [Pair]
  await Promise.all([here, there, here].map(({ within }) => finishRotation(within, next.id, BY)))
  expect(await current()).toEqual(next)
  const { retired } = await readKeyRing(here.stores.settings)
  expect(new Set(retired).size).toBe(retired.length)
  expect(await ping(first, old)).toEqual(MISMATCH)
})

test('whoever comes late with a rotation that another one followed changes nothing', async () => {
  const slow = await beginRotation(here.within, BY)
  await finishRotation(here.within, slow.id, BY)
  const next = await beginRotation(there.within, BY)
  await finishRotation(there.within, next.id, BY)
  for (const id of [slow.id, crypto.randomUUID()])
    await expect(finishRotation(here.within, id, BY)).rejects.toMatchObject({
      problem: { code: 'rotation_unknown' },
    })
  expect(await current()).toEqual(next)
})

test('a mismatch is one line that says which side is stale, and no token', async () => {
  const old = await current()
  const next = await beginRotation(here.within, BY)
  await finishRotation(here.within, next.id, BY)
  const cases: [string, string | RegExp][] = [
    [old.serviceToken, /the Worker is stale, it holds a token from before a rotation/],
    ['u'.repeat(43), /the Worker holds a token that this origin does not know/],
    ['', /came without a service token/],
  ]
  for (const [token, sentence] of cases) {
    first.lines.length = 0
    await expect
      .poll(() => ping(first, { serviceToken: token, assertionKey: old.assertionKey }))
      .toEqual(MISMATCH)
    const said = first.lines.filter((line) => line.includes('mismatch:'))
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(sentence)
    for (const secret of [old.serviceToken, next.serviceToken, old.assertionKey, 'u'.repeat(43)])
      expect(first.lines.join('')).not.toContain(secret)
  }
})

test('keys are kept sealed, and of a retired token its digest alone', async () => {
  const old = await current()
  const next = await beginRotation(here.within, BY)
  await finishRotation(here.within, next.id, BY)
  const rows = JSON.stringify(
    await here.db.execute(sql`select key, encode(sealed, 'escape') from settings`),
  )
  expect(rows).toContain('tunnel_keys')
  for (const secret of [old.serviceToken, next.serviceToken, next.assertionKey])
    expect(rows).not.toContain(secret)
  expect(JSON.stringify(await readKeyRing(here.stores.settings))).not.toContain(old.serviceToken)
})

test('a rotation is told as activity, without its keys', async () => {
  const next = await beginRotation(here.within, BY)
  await finishRotation(here.within, next.id, BY)
  const told = await here.stores.activity.page({}, { limit: 2 })
  expect(told).toMatchObject([
    { action: 'rotation.finished', ...BY },
    { action: 'rotation.begun', ...BY },
  ])
  expect(JSON.stringify(told)).not.toContain(next.serviceToken)
})
