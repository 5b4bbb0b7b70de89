import { expect, inject, test } from 'vitest'
import { openAdmin } from '../../testing/admin.ts'
import { freshDatabase, openReplica } from '../../testing/databases.ts'
import { ask } from '../../testing/doors.ts'

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
