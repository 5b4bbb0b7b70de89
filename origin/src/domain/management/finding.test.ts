import { afterAll, expect, test } from 'vitest'
import { openMemory } from '../../testing/databases.ts'
import { problem, result, startEngine } from '../../testing/engines.ts'
import { ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { approvedTool, draftedTool } from '../../testing/tools.ts'

const opened = await openMemory()
const { engine, faults } = startEngine(opened, new ScriptedSandbox())
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
})

const facts = async (name: string, args: object) =>
  (await result(engine, name, { ...args })).structuredContent as {
    tools: Record<string, unknown>[]
    missing?: unknown[]
    next?: string
  }
const search = (query: string, limit = 8) => facts('mcpbox_search_tools', { query, limit })
const describe = (...names: string[]) => facts('mcpbox_describe_tool', { names })

test('a tool that was approved a moment ago is found, and how it is called is told with it', async () => {
  const long = 'x'.repeat(500)
  const { wire } = await approvedTool(opened, { description: `Counts zebras. ${long}` })
  const { tools, next } = await search('how many zebras', 1)
  expect(tools).toEqual([
    {
      name: wire,
      description: `Counts zebras. ${long.slice(0, 185)}…`,
      arguments: 'city: string',
      call_with: 'mcpbox_call_destructive_tool',
    },
  ])
  expect(next).toContain('mcpbox_describe_tool')
})

test('what only has a draft is not found', async () => {
  await draftedTool(opened.within, { description: 'Counts okapis.' })
  const { tools, next } = await search('okapi')
  expect(tools).toEqual([])
  expect(next).toContain('mcpbox_create_tool')
})

test('tools of MCPbox itself are found, the ones that no list shows too', async () => {
  const { tools } = await search('read the log of executions of a tool')
  expect(tools[0]).toMatchObject({
    name: 'mcpbox_get_tool_logs',
    arguments: 'server: string, name: string, limit?: integer',
    call_with: 'mcpbox_call_read_tool',
  })
  expect((await search('call a tool')).tools.map(({ name }) => name)).not.toContain(
    'mcpbox_call_tool',
  )
})

test('a description has the schemas, the hints and the version that is live', async () => {
  const outputSchema = { type: 'object' }
  const { wire, version } = await approvedTool(opened, { outputSchema })
  expect(await describe(wire)).toEqual({
    tools: [
      {
        name: wire,
        description: version.description,
        input_schema: version.inputSchema,
        output_schema: outputSchema,
        annotations: version.annotations,
        call_with: 'mcpbox_call_destructive_tool',
        version: 1,
        hash: version.hash,
      },
    ],
    missing: [],
  })
})

test('several are described at once, and of those that cannot be it is told why', async () => {
  const { wire } = await approvedTool(opened)
  const draft = await draftedTool(opened.within)
  const { tools, missing } = await describe(wire, draft.wire, 'mcpbox_wait', 'no__such', wire)
  expect(tools.map(({ name }) => name)).toEqual([wire, 'mcpbox_wait'])
  expect(missing).toEqual([
    { name: draft.wire, reason: expect.stringContaining('mcpbox_request_publish') },
    { name: 'no__such', reason: expect.stringContaining('mcpbox_search_tools') },
  ])
})

test.each([
  ['is not there', 'no__such', 'tool_unknown'],
  ['is no name', '\0', 'tool_unknown'],
])('a description of one that %s is refused', async (_, name, code) => {
  expect(await problem(engine, 'mcpbox_describe_tool', { names: [name] })).toMatchObject({ code })
})

test.each([
  ['mcpbox_describe_tool', { names: [] }],
  ['mcpbox_describe_tool', { names: Array(11).fill('a__b') }],
  ['mcpbox_search_tools', { query: 'x'.repeat(1_001) }],
  ['mcpbox_search_tools', { query: 'x', limit: 31 }],
  ['mcpbox_search_tools', {}],
])('%s refuses %j', async (name, args) => {
  expect(await problem(engine, name, args)).toMatchObject({ code: 'invalid_arguments' })
})

test('nothing failed that nobody foresaw', () => {
  expect(faults).toEqual([])
})
