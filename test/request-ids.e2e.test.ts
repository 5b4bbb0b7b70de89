import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { ExecutionList } from '#contract/admin-api.ts'
import { modernPost } from '#gateway/testing/posts.ts'
import { legacyClient } from './clients.ts'
import { startEdge, startStack, type Edge, type Stack } from './stack.ts'

/** One id leads from an answer that somebody complains of to all that was logged about it. */

/** What is undone in the end, however far the beginning came. */
const running = new AsyncDisposableStack()
let stack: Stack
let edge: Edge

beforeAll(async () => {
  const started = running.use(await startStack())
  stack = started
  edge = running.use(await startEdge(started))
  await using author = await legacyClient(edge.signedIn)
  await author.call('mcpbox_create_server', { name: 'ids' })
  const code = 'async def main():\n    """Says so."""\n    return "so"\n'
  await author.call('mcpbox_create_tool', { server: 'ids', name: 'say', code })
  const asked = await author.call('mcpbox_request_publish', { server: 'ids', name: 'say' })
  await stack.approve(z.object({ approval: z.string() }).parse(asked.structured).approval)
})

afterAll(() => running.disposeAsync())

const doors: [string, () => URL][] = [
  ['the Worker', () => edge.signedIn],
  ['the local door', () => stack.origins[0]!.mcp],
]

test.each(doors)('an answer of %s names the request as the execution log does', async (_, door) => {
  const asked = modernPost('tools/call', { name: 'ids__say', arguments: {} })
  const { method, headers } = asked
  const body = await asked.text()
  const response = await fetch(new URL('/mcp', door()), { method, headers, body })
  expect(await response.text()).toContain('"so"')
  const { items: executions } = ExecutionList.parse(
    await stack.read('/api/executions?tool=ids__say'),
  )
  expect(executions[0]?.request_id).toBe(response.headers.get('x-request-id'))
  expect(executions[0]?.id).not.toBe(executions[0]?.request_id)
})
