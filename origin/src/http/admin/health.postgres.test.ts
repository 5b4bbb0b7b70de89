import { expect, inject, test } from 'vitest'
import { ServicesHealth } from '#contract/services-health.ts'
import { Refusal } from '../../domain/refusal.ts'
import { openAdmin } from '../../testing/admin.ts'
import { freshDatabase, openReplica } from '../../testing/databases.ts'
import { ask } from '../../testing/doors.ts'
import { SELF_TEST } from '../../testing/scripted-sandbox.ts'

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

test('the health of services says how calls are confined, and 503 when one does not answer', async () => {
  await using database = await freshDatabase(inject('postgresUrl'))
  await using opened = await openReplica(database.url)
  await using admin = openAdmin(opened)
  const services = () => ask(admin.door, '/health/services')
  const healthy = await services()
  expect(healthy.status).toBe(200)
  expect(ServicesHealth.parse(await healthy.json())).toEqual({
    status: 'healthy',
    services: { database: { healthy: true }, sandbox: { healthy: true } },
    sandbox: {
      isolation: { level: 'S3', layers: ['seccomp'] },
      missing: [],
      self_test: SELF_TEST,
      running: 0,
    },
  })
  admin.sandbox.health = () =>
    Promise.reject(new Refusal('sandbox_unreachable', 'The sandbox does not answer.'))
  const degraded = await services()
  expect(degraded.status).toBe(503)
  expect(await degraded.json()).toEqual({
    status: 'degraded',
    services: { database: { healthy: true }, sandbox: { healthy: false } },
    sandbox: null,
  })
})

test('the health of services is for programs that address this machine by its name', async () => {
  await using database = await freshDatabase(inject('postgresUrl'))
  await using opened = await openReplica(database.url)
  await using admin = openAdmin(opened)
  const rebound = await ask(admin.door, '/health/services', { host: 'evil.example' })
  expect(rebound.status).toBe(403)
  expect(await rebound.text()).not.toContain('seccomp')
})
