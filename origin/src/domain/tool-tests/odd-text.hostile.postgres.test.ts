import { afterAll, expect, inject, test } from 'vitest'
import type { JsonObject } from '#contract/json.ts'
import { freshDatabase, openReplica } from '../../testing/databases.ts'
import { result, startEngine } from '../../testing/engines.ts'
import { ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { freshName } from '../../testing/tools.ts'

/** Texts that PostgreSQL keeps only in JSON, on their way through tests and reports. */

const database = await freshDatabase(inject('postgresUrl'))
const opened = await openReplica(database.url)
const { engine, faults } = startEngine(opened, new ScriptedSandbox())
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const told = async (name: string, args: JsonObject) =>
  (await result(engine, name, args)).structuredContent

const ODD = 'a\0b\ud800\u2028"\\'

test('tests hold any JSON, and their reports tell of it', async () => {
  const tool = { server: freshName(), name: 'forecast' }
  await told('mcpbox_create_server', { name: tool.server })
  const http = [{ url: 'https://api.example/', body: { [ODD]: ODD } }]
  const tests = [
    { name: 'gives it back', input: { [ODD]: ODD }, result: { [ODD]: ODD }, http },
    { name: 'does not', input: { [ODD]: ODD }, result: ODD },
  ]
  await told('mcpbox_create_tool', { ...tool, code: 'v1', tests })
  expect(await told('mcpbox_run_tests', tool)).toMatchObject({
    cases: [{ passed: true }, { passed: false, why: expect.stringContaining('instead of') }],
  })
  expect(await told('mcpbox_get_tool', tool)).toMatchObject({ tests })
  expect(await told('mcpbox_get_tool_status', tool)).toMatchObject({
    versions: [{ tests: { state: 'failed', failed: [{ name: 'does not' }] } }],
  })
})

test('nothing of all this was a fault of MCPbox', () => {
  expect(faults).toEqual([])
})
