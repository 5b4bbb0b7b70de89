import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { z } from 'zod'
import { legacyClient, modernClient, type TestClient } from './clients.ts'
import { startEdge, startStack, type Edge, type Stack } from './stack.ts'

/** How an assistant far away writes, waits for the person, changes and goes back, through all parts. */

let stack: Stack
let edge: Edge

beforeAll(async () => {
  const started = await startStack({ databaseServer: inject('postgresUrl'), origins: 2 })
  stack = started
  edge = await startEdge(started)
})

afterAll(async () => {
  await edge[Symbol.asyncDispose]()
  await stack[Symbol.asyncDispose]()
})

const CLIENTS: [string, (base: URL) => Promise<TestClient>][] = [
  ['legacy', legacyClient],
  ['modern', modernClient],
]
const Asked = z.object({ approval: z.string() })
const CODE = 'def main(name: str):\n    """Greets."""\n    return f"hello {name}"\n'

test.each(CLIENTS)('%s: written, waited for, edited, gone back', async (era, open) => {
  await using client = await open(edge.signedIn)
  const server = `author_${era}`
  const at = { server, name: 'greet' }
  const wire = `${server}__greet`
  await client.call('mcpbox_create_server', { name: server })

  const checked = await client.call('mcpbox_validate_code', { code: `import sqlite3\n${CODE}` })
  expect(checked.structured).toMatchObject({
    valid: true,
    description: 'Greets.',
    imports: ['sqlite3'],
    warnings: ['`sqlite3` is not a default module: name it in `modules`.'],
  })

  // In two parts, as base64.
  const half = Math.floor(CODE.length / 2)
  for (const [part, piece] of [CODE.slice(0, half), CODE.slice(half)].entries())
    await client.call('mcpbox_create_tool', {
      ...at,
      part: part + 1,
      of: 2,
      code_base64: Buffer.from(piece).toString('base64'),
    })

  async function published() {
    const { approval } = Asked.parse((await client.call('mcpbox_request_publish', at)).structured)
    const waited = client.call('mcpbox_await_approval', at)
    await stack.approve(approval)
    return waited
  }
  expect(await published()).toMatchObject({
    isError: false,
    structured: { decision: 'approved', version: 1, next: expect.stringContaining(`call ${wire}`) },
  })
  expect(await client.call(wire, { name: 'Ada' })).toMatchObject({ text: 'hello Ada' })

  const diff = '@@ -3 +3 @@\n-    return f"hello {name}"\n+    return f"good day {name}"\n'
  expect(
    (await client.call('mcpbox_edit_tool', { ...at, from: 1, diff })).structured,
  ).toMatchObject({ version: 2, state: 'draft' })
  expect(await client.call(wire, { name: 'Ada' })).toMatchObject({ text: 'hello Ada' })
  await published()
  expect(await client.call(wire, { name: 'Ada' })).toMatchObject({ text: 'good day Ada' })
  expect((await client.call('mcpbox_list_tool_versions', at)).structured).toMatchObject({
    versions: [
      { version: 2, state: 'live', changes: ['Code: 1 line added, 1 line removed.'] },
      { version: 1, state: 'archived' },
    ],
  })

  const back = { ...at, version: 1 }
  expect(await client.call('mcpbox_rollback_tool', back)).toMatchObject({
    isError: true,
    text: expect.stringContaining('npx mcpbox settings set remote_destructive true'),
  })
  await using local = await open(stack.origins[1]!.mcp)
  await local.call('mcpbox_rollback_tool', back)
  expect(await client.call(wire, { name: 'Ada' })).toMatchObject({ text: 'hello Ada' })
  await local.call('mcpbox_stop_server', { server })
  expect(await client.call(wire, { name: 'Ada' })).toMatchObject({
    isError: true,
    text: expect.stringContaining('was stopped by this machine'),
  })
})
