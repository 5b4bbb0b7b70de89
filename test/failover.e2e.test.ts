import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { z } from 'zod'
import { ExecutionList } from '#contract/admin-api.ts'
import { legacyClient, modernClient } from './clients.ts'
import { startEdge, startStack, type Edge, type Stack } from './stack.ts'

/** Two origins on one database behind one Worker; one of them dies in the middle. */

const SLOW = `
import asyncio

async def main(seconds: float):
    """Takes its time."""
    await ctx.progress(0, 1, "begun")
    await asyncio.sleep(seconds)
    return {"slept": seconds}
`

/** What is undone in the end, however far the beginning came. */
const running = new AsyncDisposableStack()
let stack: Stack
let edge: Edge
let person: URL

beforeAll(async () => {
  const started = running.use(
    await startStack({ databaseServer: inject('postgresUrl'), origins: 2 }),
  )
  stack = started
  edge = running.use(await startEdge(started))
  person = edge.signedIn
  await using author = await legacyClient(person)
  await author.call('mcpbox_create_server', { name: 'slow' })
  await author.call('mcpbox_create_tool', { server: 'slow', name: 'nap', code: SLOW })
  const asked = await author.call('mcpbox_request_publish', { server: 'slow', name: 'nap' })
  await stack.approve(z.object({ approval: z.string() }).parse(asked.structured).approval)
})

afterAll(() => running.disposeAsync())

test('both origins serve one conversation in turn', async () => {
  await using client = await legacyClient(person)
  for (let n = 0; n < 4; n++)
    expect((await client.call('slow__nap', { seconds: 0 })).structured).toEqual({ slept: 0 })
  expect(new Set(edge.tunnel.served('/operations').map(String)).size).toBe(2)
})

test('an origin that is killed in the middle of calls costs no client its answer, and no tool runs twice', async () => {
  await using sessionful = await legacyClient(person)
  await using stateless = await modernClient(person)
  const before = edge.tunnel.served('/operations').length

  let begun = 0
  const allBegun = Promise.withResolvers<void>()
  const call = (client: typeof stateless) =>
    client.call('slow__nap', { seconds: 2 }, () => {
      begun += 1
      if (begun === 4) allBegun.resolve()
    })
  const calls = [call(sessionful), call(stateless), call(sessionful), call(stateless)]
  await allBegun.promise
  const owners = edge.tunnel.served('/operations').slice(before).map(String)
  expect(new Set(owners).size).toBe(2)
  await stack.origins[1]!.kill()

  for (const result of await Promise.all(calls))
    expect(result).toMatchObject({ isError: false, structured: { slept: 2 } })
  for (const client of [sessionful, stateless])
    expect((await client.call('slow__nap', { seconds: 0 })).structured).toEqual({ slept: 0 })

  const { items: executions } = ExecutionList.parse(
    await stack.read('/api/executions?tool=slow__nap'),
  )
  const slow = executions.filter((execution) => execution.arguments['seconds'] === 2)
  expect(slow.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok', 'ok'])
})
