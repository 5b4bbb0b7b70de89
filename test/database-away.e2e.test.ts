import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { ServicesHealth } from '#contract/health.ts'
import { ProblemBody } from '#contract/problem.ts'
import { legacyClient, modernClient } from './clients.ts'
import { startPostgres, type PostgresServer } from './postgres-server.ts'
import { publish } from './publish.ts'
import { startStack, type Stack } from './stack.ts'

/** A database that is stopped, and comes back, under an origin that goes on. */

const ECHO = `
def main(text: str):
    """Gives back what it got."""
    return {"text": text}
`
const SOON = { timeout: 90_000, interval: 50 }

let postgres: PostgresServer
let stack: Stack

beforeAll(async () => {
  postgres = await startPostgres()
  stack = await startStack({ databaseServer: postgres.url, env: { LOG_LEVEL: 'error' } })
  await publish(stack, stack.origins[0]!.mcp, 'away', { echo: ECHO })
})

afterAll(async () => {
  await postgres.start()
  await stack[Symbol.asyncDispose]()
  await postgres[Symbol.asyncDispose]()
})

const at = (path: string) => fetch(new URL(path, stack.origins[0]!.admin))
const databaseIs = async () =>
  ((await (await at('/health')).json()) as { database: string }).database

test('a database that is stopped is a clear 503 everywhere, and all heals by itself when it is back', async () => {
  await using client = await legacyClient(stack.origins[0]!.mcp)
  await using modern = await modernClient(stack.origins[0]!.mcp)
  expect((await client.call('away__echo', { text: 'before' })).structured).toEqual({
    text: 'before',
  })

  await postgres.stop()
  const health = await at('/health')
  expect(health.status).toBe(503)
  expect(await health.json()).toMatchObject({ status: 'unhealthy', database: 'disconnected' })
  expect((await at('/health/live')).status).toBe(200)
  expect((await at('/health/ready')).status).toBe(503)
  const services = await at('/health/services')
  expect(services.status).toBe(503)
  expect(ServicesHealth.parse(await services.json()).services.database.healthy).toBe(false)
  const signIn = await fetch(new URL('/auth/login', stack.origins[0]!.admin), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'boss', password: 'whatever it is' }),
  })
  expect(signIn.status).toBe(503)
  expect(signIn.headers.get('retry-after')).toBe('5')
  expect(ProblemBody.parse(await signIn.json()).code).toBe('database_unreachable')
  // A session of the legacy era is looked up before anything else; a modern client has none.
  await expect(client.call('away__echo', { text: 'meanwhile' })).rejects.toThrow(
    'The database cannot be had at the moment. Look what there is before you ask for a change again.',
  )
  const meanwhile = await modern.call('away__echo', { text: 'meanwhile' })
  expect(meanwhile.isError).toBe(true)
  expect(meanwhile.text).toContain('The database cannot be had at the moment')

  await postgres.start()
  await vi.waitFor(async () => expect(await databaseIs()).toBe('connected'), SOON)
  expect((await client.call('away__echo', { text: 'after' })).structured).toEqual({ text: 'after' })
  expect((await modern.call('away__echo', { text: 'again' })).structured).toEqual({ text: 'again' })
})

test('a database that restarts under load loses no acknowledged call, and none is half-written', async () => {
  await using client = await modernClient(stack.origins[0]!.mcp)
  const calls = Array.from({ length: 40 }, (_, n) => ({ n, text: `load ${n}` }))
  const answered = new Set<string>()
  const asking = calls.map(async ({ text }) => {
    const result = await client.call('away__echo', { text }).catch(() => null)
    if (result !== null && !result.isError) answered.add(text)
  })
  await vi.waitFor(() => expect(answered.size).toBeGreaterThan(2), SOON)
  await postgres.stop()
  await postgres.start()
  await Promise.all(asking)
  await vi.waitFor(async () => expect(await databaseIs()).toBe('connected'), SOON)
  const { items } = (await stack.read('/api/executions?tool=away__echo&limit=500')) as {
    items: { arguments: { text: string }; outcome: string }[]
  }
  for (const text of answered)
    expect(items.filter((item) => item.arguments.text === text)).toMatchObject([{ outcome: 'ok' }])
  expect((await client.call('away__echo', { text: 'at last' })).structured).toEqual({
    text: 'at last',
  })
})
