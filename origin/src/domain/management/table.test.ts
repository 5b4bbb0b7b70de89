import { afterAll, describe, expect, test } from 'vitest'
import { isJsonObject, type JsonObject } from '#contract/json.ts'
import { openMemory } from '../../testing/databases.ts'
import { ALICE, problem, startEngine } from '../../testing/engines.ts'
import { ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { CALL_WITH } from './calling.ts'
import { CORE_TOOLS, MANAGEMENT_TOOLS } from './table.ts'

/** What every tool of MCPbox itself promises, whichever it is. */

const opened = await openMemory()
const { engine, faults } = startEngine(opened, new ScriptedSandbox())
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
})

/** What authors of tools can rely on; external sources have tools of their own. */
const AUTHORING = `
  mcpbox_list_servers mcpbox_get_server mcpbox_create_server mcpbox_delete_server
  mcpbox_list_tools mcpbox_get_tool mcpbox_create_tool mcpbox_update_tool mcpbox_delete_tool
  mcpbox_test_code mcpbox_start_server mcpbox_stop_server mcpbox_validate_code
  mcpbox_get_server_modules mcpbox_request_publish mcpbox_get_tool_status
  mcpbox_list_tool_versions mcpbox_rollback_tool mcpbox_create_server_secret
  mcpbox_list_server_secrets mcpbox_list_pending_requests mcpbox_get_tool_logs
  mcpbox_request_module mcpbox_request_network_access`
  .trim()
  .split(/\s+/)
const MORE = ['mcpbox_edit_tool', 'mcpbox_await_approval', 'mcpbox_read_result']

test('all that writing, publishing and running tools needs is there', () => {
  expect([...MANAGEMENT_TOOLS.keys()]).toEqual(expect.arrayContaining([...AUTHORING, ...MORE]))
})

/** Their result is that of what they call. */
const PASS_ON = [...Object.values(CALL_WITH), 'mcpbox_test_code', 'mcpbox_read_result']

const READ = /^mcpbox_(list|get|describe|search|validate|await|read|call_read)_/
const DESTROY = /^mcpbox_(delete|stop|rollback|call_destructive)_/

const MORE_NEEDED: Record<string, JsonObject> = {
  mcpbox_create_tool: { code: 'def main(): return 1', description: 'One.' },
  mcpbox_edit_tool: { code: 'def main(): return 1' },
  mcpbox_request_module: { module: 'os', justification: 'It reads the environment.' },
  mcpbox_request_network_access: { host: 'a.example', justification: 'It asks it.' },
}
const named = (tool: string) => (tool.includes('secret') ? 'API_KEY' : 'nothing')

/** Of tools that are about something: a good call, but for that it is about nothing there is. */
const ABOUT_NOTHING = [...MANAGEMENT_TOOLS].flatMap(([name, { catalog }]) => {
  const { properties, required } = catalog.inputSchema
  if (!isJsonObject(properties) || !('server' in properties)) return []
  const needed = new Set(['server', ...(Array.isArray(required) ? required : [])])
  const all: JsonObject = { server: 'nowhere', name: named(name), version: 1 }
  const args = Object.fromEntries(Object.entries(all).filter(([key]) => needed.has(key)))
  return [[name, { ...args, ...MORE_NEEDED[name] }] as const]
})

test.each(ABOUT_NOTHING)(
  '%s about something that is not there names the tool that finds what is',
  async (name, args) => {
    const said = await problem(engine, name, args)
    expect(said.code).toMatch(/^(server|tool)_unknown$/)
    expect(said.message).toMatch(/mcpbox_(list|create|search)_\w+/)
  },
)

describe.each([...MANAGEMENT_TOOLS])('%s', (name, { catalog }) => {
  const { annotations, inputSchema, outputSchema, description, title } = catalog

  test('has a name of a verb and a noun, a title, and a sentence that says what it does', () => {
    expect(name).toMatch(/^mcpbox_[a-z]+(_[a-z]+)+$/)
    expect(title?.length).toBeGreaterThan(3)
    expect(description).toMatch(/^[A-Z].*\.$/s)
    expect(description.length).toBeLessThanOrEqual(300)
  })

  test('says of itself whether it reads, destroys, and may be repeated', () => {
    expect(annotations.readOnlyHint).toBe(READ.test(name))
    expect(annotations.destructiveHint).toBe(DESTROY.test(name))
    expect(annotations.openWorldHint).toBe(Object.values<string>(CALL_WITH).includes(name))
    expect(annotations.readOnlyHint && !annotations.idempotentHint).toBe(false)
  })

  test('takes nothing but what it names', () => {
    expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false })
  })

  test('says what comes of it', () => {
    expect(outputSchema?.['type']).toBe(PASS_ON.includes(name) ? undefined : 'object')
  })

  test('tells what to do next, where it changes something', () => {
    const changes = !annotations.readOnlyHint && !PASS_ON.includes(name)
    const told = outputSchema?.['properties']
    const tells = isJsonObject(told) && 'next' in told
    expect(changes && !tells).toBe(false)
  })

  test('that is wrongly called says what is wrong, and by which name', async () => {
    const { code, message } = await problem(engine, name, { surprise: 1 }, ALICE)
    expect(code).toBe('invalid_arguments')
    expect(message).toMatch(new RegExp(`^${name}: .*surprise`))
  })
})

test('what writing needs is always listed; the rest is found by searching', () => {
  for (const name of ['mcpbox_create_tool', 'mcpbox_request_publish', 'mcpbox_search_tools'])
    expect(CORE_TOOLS).toContain(name)
  expect(CORE_TOOLS.size).toBeLessThan(MANAGEMENT_TOOLS.size)
})

test('nothing of all this was a fault of MCPbox', () => {
  expect(faults).toEqual([])
})
