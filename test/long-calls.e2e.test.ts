import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { z } from 'zod'
import { ExecutionList } from '#contract/admin-api.ts'
import { legacyClient, modernClient, type TestClient } from './clients.ts'
import { startEdge, startStack, type Edge, type Stack } from './stack.ts'

/** Calls that last longer than their connections, and results that are longer than clients take. */

const TOOLS = {
  nap: `
import asyncio

async def main(seconds: float, why: str):
    """Takes its time."""
    await ctx.progress(0, 1, "begun")
    await asyncio.sleep(seconds)
    return {"slept": seconds}
`,
  lines: `
def main(count: int):
    """Writes lines."""
    return "".join(f"line {n}\\n" for n in range(count))
`,
}

/** What is undone in the end, however far the beginning came. */
const running = new AsyncDisposableStack()
let stack: Stack
let edge: Edge

beforeAll(async () => {
  const started = running.use(
    await startStack({ databaseServer: inject('postgresUrl'), origins: 2 }),
  )
  stack = started
  edge = running.use(await startEdge(started))
  await using author = await legacyClient(edge.signedIn)
  await author.call('mcpbox_create_server', { name: 'long' })
  for (const [name, code] of Object.entries(TOOLS)) {
    await author.call('mcpbox_create_tool', { server: 'long', name, code })
    const asked = await author.call('mcpbox_request_publish', { server: 'long', name })
    await stack.approve(z.object({ approval: z.string() }).parse(asked.structured).approval)
  }
})

afterAll(() => running.disposeAsync())

const CLIENTS: [string, (base: URL) => Promise<TestClient>][] = [
  ['legacy', legacyClient],
  ['modern', modernClient],
]

test.each(CLIENTS)('%s: a result of almost a megabyte is read to its end', async (_era, open) => {
  await using client = await open(edge.signedIn)
  const first = await client.call('long__lines', { count: 80_000 })
  const whole = Array.from({ length: 80_000 }, (_, n) => `line ${n}\n`).join('')
  expect(first).toMatchObject({ isError: false, text: expect.stringContaining('line 0\nline 1\n') })
  const [, next = ''] = /mcpbox_read_result (\{[^}]*\})/.exec(first.text) ?? []
  const { handle, offset } = z
    .object({ handle: z.string(), offset: z.int() })
    .parse(JSON.parse(next))

  const Text = z.object({ text: z.string() })
  const read = [whole.slice(0, offset)]
  for (let at = offset; at < whole.length; at += 130_000) {
    const page = await client.call('mcpbox_read_result', { handle, offset: at, limit: 130_000 })
    read.push(Text.parse(page.content[0]).text)
  }
  expect(read.join('')).toBe(whole)
  expect((await client.call('mcpbox_wait', { handle })).text).toBe(first.text)

  await using stranger = await open(await edge.signedInAs({ email: 'eve@example.com', sub: 'eve' }))
  for (const tool of ['mcpbox_wait', 'mcpbox_read_result'])
    expect(await stranger.call(tool, { handle })).toMatchObject({ isError: true })
})

test('a call that a client repeats after its connection broke is not run twice', async () => {
  const asked = { seconds: 8, why: 'the Worker was deployed' }
  const begun = Promise.withResolvers<void>()
  const leaving = new AbortController()
  await using broken = await modernClient(edge.signedIn)
  const lost = broken.call('long__nap', asked, () => begun.resolve(), leaving.signal)
  const end = lost.then(
    () => 'answered',
    () => 'lost',
  )
  await begun.promise
  await edge.restartWorker()

  await using client = await modernClient(edge.signedIn)
  expect(await client.call('long__nap', asked)).toMatchObject({ structured: { slept: 8 } })
  const { items: executions } = ExecutionList.parse(
    await stack.read('/api/executions?tool=long__nap'),
  )
  expect(executions.map(({ outcome }) => outcome)).toEqual(['ok'])
  leaving.abort()
  expect(await end).toBe('lost')
})
