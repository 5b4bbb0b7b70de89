import { afterAll, expect, inject, test } from 'vitest'
import { installationKeys } from './installation-keys.ts'
import { openReplicas, sql } from './testing/databases.ts'
import { newAdmin } from './testing/tools.ts'

const replicas = await openReplicas(inject('postgresUrl'))
afterAll(() => replicas[Symbol.asyncDispose]())
const { here, there } = replicas

test('replicas that start at once share their keys, each another one', async () => {
  const [one, other] = await Promise.all([
    installationKeys(here.stores),
    installationKeys(there.stores),
  ])
  expect(one).toEqual(other)
  expect(new Set(Object.values(one)).size).toBe(4)
  for (const key of Object.values(one)) expect(key).toMatch(/^[\w-]{43}$/)
})

test('keys are kept sealed', async () => {
  const keys = await installationKeys(here.stores)
  const rows = JSON.stringify(
    await here.db.execute(sql`select key, encode(sealed, 'escape') from settings`),
  )
  expect(rows).toContain('session_key')
  for (const key of Object.values(keys)) expect(rows).not.toContain(key)
})

test('once there is an admin there is no set-up link any more', async () => {
  const before = await installationKeys(here.stores)
  await newAdmin(here.stores)
  expect(await installationKeys(there.stores)).toEqual({ ...before, setupToken: null })
})
