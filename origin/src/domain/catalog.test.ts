import { afterAll, expect, test } from 'vitest'
import { openMemory } from '../testing/databases.ts'
import { approvedTool } from '../testing/tools.ts'
import { CatalogReader } from './catalog.ts'
import { DEFAULT_LISTING, type Listing } from './listing.ts'

const opened = await openMemory()
afterAll(() => opened[Symbol.asyncDispose]())
const tools = [await approvedTool(opened), await approvedTool(opened)]
const prompt = await approvedTool(opened, { publication: { kind: 'prompt', name: 'shout' } })

async function read(listing: Partial<Listing> = {}) {
  using reader = new CatalogReader(opened.stores, opened.notices, {
    ...DEFAULT_LISTING,
    ...listing,
  })
  const { tools: listed, ...rest } = await reader.read()
  return { ...rest, names: listed.map(({ name }) => name) }
}
const wires = tools.map(({ wire }) => wire)

test('few tools are all listed', async () => {
  const { names, instructions } = await read({ mostTools: 2 })
  expect(names).toEqual(expect.arrayContaining(wires))
  expect(instructions).not.toContain('too many to list')
})

test('of more than are to be listed none is, and the instructions say how they are found', async () => {
  const { names, instructions, prompts } = await read({ mostTools: 1 })
  expect(names.filter((name) => !name.startsWith('mcpbox_'))).toEqual([])
  expect(instructions).toContain('There are 2 approved tools, too many to list')
  expect(instructions).toContain('mcpbox_search_tools')
  expect(prompts.map(({ name }) => name)).toEqual(['shout'])
  expect(prompt.version.state).toBe('live')
})

test('the core profile lists what reaches everything else, the full one all', async () => {
  const [core, full] = [await read(), await read({ management: 'full' })]
  expect(full.names).toEqual(expect.arrayContaining(core.names))
  expect(core.names).not.toContain('mcpbox_get_tool_logs')
  expect(full.names).toContain('mcpbox_get_tool_logs')
  expect(core.instructions).toContain('Further tools of MCPbox itself')
  expect(full.instructions).not.toContain('Further tools of MCPbox itself')
})
