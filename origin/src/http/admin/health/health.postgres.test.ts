import { expect, inject, onTestFinished, test, vi } from 'vitest'
import { CircuitsHealth, ServicesHealth } from '#contract/health.ts'
import { Refusal } from '../../../domain/refusal.ts'
import { openAdmin, setUpAdmin, signedInAs } from '../../../testing/admin.ts'
import { freshDatabase, openReplica } from '../../../testing/databases.ts'
import { ask } from '../../../testing/doors.ts'
import { SELF_TEST } from '../../../testing/scripted-sandbox.ts'

test('health is 503 once the database does not answer, and never tells where it is', async () => {
  await using database = await freshDatabase(inject('postgresUrl'))
  const opened = await openReplica(database.url)
  const admin = openAdmin(opened)
  const health = () => ask(admin.door, '/health', { from: '10.0.0.9', host: 'anything' })
  const healthy = await health()
  expect(healthy.status).toBe(200)
  expect(await healthy.json()).toEqual({
    status: 'healthy',
    version: '1.2.3',
    database: 'connected',
  })
  await admin[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
  const unhealthy = await health()
  expect(unhealthy.status).toBe(503)
  expect(await unhealthy.json()).toEqual({
    status: 'unhealthy',
    version: '1.2.3',
    database: 'disconnected',
  })
})

test('a database that hangs is told from a healthy one in time', async () => {
  await using database = await freshDatabase(inject('postgresUrl'))
  await using opened = await openReplica(database.url)
  await using admin = openAdmin(opened)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  admin.database.answers = () => new Promise(() => {})
  const asked = ask(admin.door, '/health')
  await vi.advanceTimersByTimeAsync(3_000)
  expect(await (await asked).json()).toMatchObject({ database: 'disconnected' })
})

test('liveness does not depend on anything, readiness on database and sandbox', async () => {
  await using database = await freshDatabase(inject('postgresUrl'))
  await using opened = await openReplica(database.url)
  await using admin = openAdmin(opened)
  const statuses = () =>
    Promise.all(
      ['/health/live', '/health/ready', '/health', '/health/detail'].map(
        async (path) => (await ask(admin.door, path, { host: 'anything' })).status,
      ),
    )
  expect(await statuses()).toEqual([200, 200, 200, 200])
  admin.sandbox.health = away
  expect(await statuses()).toEqual([200, 503, 200, 200])
  const detail = await (await ask(admin.door, '/health/detail')).json()
  expect(detail).toMatchObject({ database: 'connected', sandbox: 'disconnected' })
  admin.database.answers = () =>
    Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))
  expect(await statuses()).toEqual([200, 503, 503, 503])
})

const away = () =>
  Promise.reject(new Refusal('sandbox_unreachable', 'The sandbox does not answer.'))

test('the health of services tells an admin the details, and everybody else only which one fails', async () => {
  await using database = await freshDatabase(inject('postgresUrl'))
  await using opened = await openReplica(database.url)
  await using admin = openAdmin(opened)
  await setUpAdmin(admin.door, opened)
  const alice = await signedInAs(admin.door)
  const told = ServicesHealth.parse(await (await alice.ask('/health/services')).json())
  expect(told).toEqual({
    status: 'healthy',
    services: { database: { healthy: true }, sandbox: { healthy: true } },
    details: {
      pool: {
        in_use: expect.any(Number),
        idle: expect.any(Number),
        waiting: 0,
        size: 5,
        max_overflow: 0,
      },
      sandbox: {
        isolation: { level: 'S3', layers: ['seccomp'] },
        missing: [],
        self_test: SELF_TEST,
        running: 0,
      },
      circuit: expect.objectContaining({ state: 'closed', failures: 0 }),
      tunnel: { last_request_at: null },
      worker: null,
      approvals_waiting: 0,
    },
  })
  admin.sandbox.health = away
  const degraded = await ask(admin.door, '/health/services')
  expect(degraded.status).toBe(503)
  expect(await degraded.json()).toEqual({
    status: 'degraded',
    services: { database: { healthy: true }, sandbox: { healthy: false } },
    details: null,
  })
  const wrong = { authorization: 'Bearer nonsense' }
  expect((await ask(admin.door, '/health/services', { headers: wrong })).status).toBe(401)
})

test('a circuit that is stuck open is reset by an admin, and by nobody else', async () => {
  await using database = await freshDatabase(inject('postgresUrl'))
  await using opened = await openReplica(database.url)
  await using admin = openAdmin(opened)
  await setUpAdmin(admin.door, opened)
  const alice = await signedInAs(admin.door)
  for (let times = 0; times < 5; times++) await admin.breaker.guard(away).catch(() => {})
  const state = async () =>
    CircuitsHealth.parse(await (await ask(admin.door, '/health/circuits')).json()).circuits.sandbox
  expect(await state()).toMatchObject({ state: 'open', failures: 5, failure_threshold: 5 })
  const reset = { method: 'POST' }
  expect((await ask(admin.door, '/health/circuits/reset', reset)).status).toBe(401)
  expect(await state()).toMatchObject({ state: 'open' })
  expect((await alice.ask('/health/circuits/reset', reset)).status).toBe(200)
  expect(await state()).toMatchObject({ state: 'closed', failures: 0 })
})

test('the health of services is for programs that address this machine by its name', async () => {
  await using database = await freshDatabase(inject('postgresUrl'))
  await using opened = await openReplica(database.url)
  await using admin = openAdmin(opened)
  const rebound = await ask(admin.door, '/health/services', { host: 'evil.example' })
  expect(rebound.status).toBe(403)
  expect(await rebound.text()).not.toContain('seccomp')
})
