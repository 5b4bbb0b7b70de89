import { afterAll, describe, expect, inject, test } from 'vitest'
import type { ToolAnnotations } from '#contract/catalog.ts'
import { freshDatabase, openReplica } from '../../testing/databases.ts'
import { problem, result, startEngine } from '../../testing/engines.ts'
import { ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { approvedTool, freshName } from '../../testing/tools.ts'
import { MANAGEMENT_TOOLS } from './table.ts'

const database = await freshDatabase(inject('postgresUrl'))
const opened = await openReplica(database.url)
const sandbox = new ScriptedSandbox()
const { engine, faults } = startEngine(opened, sandbox)
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const [READ, WRITE, DESTROY] = [
  'mcpbox_call_read_tool',
  'mcpbox_call_tool',
  'mcpbox_call_destructive_tool',
] as const
const hints = (readOnlyHint: boolean, destructiveHint: boolean): ToolAnnotations => ({
  readOnlyHint,
  destructiveHint,
  idempotentHint: false,
  openWorldHint: true,
})

describe.each([
  ['that only reads', hints(true, false), [READ, WRITE, DESTROY]],
  ['that only reads, and says nothing of destruction', hints(true, true), [READ, WRITE, DESTROY]],
  ['that writes', hints(false, false), [WRITE, DESTROY]],
  ['that may destroy', hints(false, true), [DESTROY]],
])('a tool %s', async (_, annotations, allowed) => {
  const { wire } = await approvedTool(opened, { annotations })
  const asked = { name: wire, arguments: { city: 'Bern' } }

  test.each(allowed)('is called through %s', async (through) => {
    expect((await result(engine, through, asked)).structuredContent).toEqual({ city: 'Bern' })
  })

  const refused = [READ, WRITE, DESTROY].filter((through) => !allowed.includes(through))
  test.skipIf(refused.length === 0).each(refused)('is not called through %s', async (through) => {
    const before = sandbox.asked.length
    const { code, message } = await problem(engine, through, asked)
    expect(code).toBe('wrong_call_tool')
    expect(message).toContain(`call it with ${allowed[0]}`)
    expect(sandbox.asked).toHaveLength(before)
  })
})

test('each says of itself what the worst is that it calls', () => {
  const annotations = [READ, WRITE, DESTROY].map(
    (name) => MANAGEMENT_TOOLS.get(name)?.catalog.annotations,
  )
  expect(annotations).toMatchObject([
    { readOnlyHint: true, destructiveHint: false },
    { readOnlyHint: false, destructiveHint: false },
    { readOnlyHint: false, destructiveHint: true },
  ])
})

test('a tool of MCPbox itself is called like any other', async () => {
  const asked = { name: 'mcpbox_create_server', arguments: { name: freshName() } }
  expect(await problem(engine, READ, asked)).toMatchObject({ code: 'wrong_call_tool' })
  expect((await result(engine, WRITE, asked)).structuredContent).toMatchObject({
    server: asked.arguments.name,
  })
  expect(await problem(engine, WRITE, asked)).toMatchObject({ code: 'name_taken' })
  const list = await result(engine, READ, { name: 'mcpbox_list_servers' })
  expect(JSON.stringify(list)).toContain(asked.arguments.name)
  expect(
    await problem(engine, READ, { name: 'mcpbox_list_servers', arguments: { x: 1 } }),
  ).toMatchObject({ code: 'invalid_arguments', message: expect.stringContaining('x') })
})

test.each([READ, WRITE, DESTROY, 'mcpbox_search_tools', 'mcpbox_wait', 'mcpbox_nothing'])(
  '%s is not called through another tool',
  async (name) => {
    expect(await problem(engine, DESTROY, { name })).toMatchObject({ code: 'tool_unknown' })
  },
)

test('nothing failed that nobody foresaw', () => {
  expect(faults).toEqual([])
})
