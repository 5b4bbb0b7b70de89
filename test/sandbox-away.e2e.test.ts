import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import { CircuitsHealth } from '#contract/health.ts'
import { modernClient } from './clients.ts'
import { publish } from './publish.ts'
import { startStack, type Stack } from './stack.ts'

/** A sandbox that is gone, and comes back, under an origin that goes on. */

const TOOLS = {
  echo: `
def main(text: str):
    """Gives back what it got."""
    return {"text": text}
`,
  hungry: `
def main():
    """Wants more memory than there is for it."""
    return len(bytearray(1 << 40))
`,
}

let stack: Stack

beforeAll(async () => {
  stack = await startStack({
    databaseServer: inject('postgresUrl'),
    env: { LOG_LEVEL: 'silent', CIRCUIT_BREAKER_RECOVERY: '600' },
  })
  await publish(stack, stack.origins[0]!.mcp, 'sand', TOOLS)
})

afterAll(() => stack[Symbol.asyncDispose]())

const circuit = async () =>
  CircuitsHealth.parse(await stack.read('/health/circuits')).circuits.sandbox

test('a sandbox that is gone opens the circuit, a person closes it, and the first call works', async () => {
  await using client = await modernClient(stack.origins[0]!.mcp)
  const echo = (text: string) => client.call('sand__echo', { text })
  expect((await echo('before')).structured).toEqual({ text: 'before' })

  await stack.stopSandbox()
  const refused = await Promise.all([1, 2, 3, 4, 5].map((n) => echo(`lost ${n}`)))
  for (const { isError, text } of refused) {
    expect(isError).toBe(true)
    expect(text).toContain('nothing was run')
  }
  expect(await stack.read('/health/detail')).toMatchObject({ sandbox: 'disconnected' })
  expect(await circuit()).toMatchObject({ state: 'open', failures: 5, failure_threshold: 5 })
  expect((await echo('refused')).text).toMatch(
    /failed 5 times in a row and is tried again in \d+ s/,
  )

  await stack.restartSandbox()
  expect((await echo('still refused')).isError).toBe(true)
  expect(await stack.admin.call(ENDPOINTS.resetCircuits)).toMatchObject({
    circuits: { sandbox: { state: 'closed' } },
  })
  // Nothing is registered with a sandbox: each call brings the approved text with it.
  expect((await echo('after')).structured).toEqual({ text: 'after' })

  const ran = (await stack.read('/api/executions?tool=sand__echo&limit=100')) as {
    items: { arguments: { text: string }; outcome: string }[]
  }
  const ok = ran.items.filter(({ outcome }) => outcome === 'ok').map((item) => item.arguments.text)
  expect(ok.toSorted()).toEqual(['after', 'before'])
})

test('a tool that wants too much memory is told so, and no circuit counts it', async () => {
  await using client = await modernClient(stack.origins[0]!.mcp)
  const result = await client.call('sand__hungry', {})
  expect(result.isError).toBe(true)
  expect(result.text).toMatch(/memory/i)
  expect(await circuit()).toMatchObject({ state: 'closed', failures: 0 })
})
