import { afterAll, expect, test } from 'vitest'
import { ToolList } from '#contract/admin-door/tools.ts'
import { openAdmin, setUpAdmin, signedInAs } from '../../../testing/admin.ts'
import { openMemory } from '../../../testing/databases.ts'
import { ask, refusalOf } from '../../../testing/doors.ts'
import { result, startEngine } from '../../../testing/engines.ts'
import { ScriptedSandbox } from '../../../testing/scripted-sandbox.ts'
import { approvedTool, draftedTool, redraft } from '../../../testing/tools.ts'

const opened = await openMemory()
const admin = openAdmin(opened)
const { engine } = startEngine(opened, new ScriptedSandbox())
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await admin[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
})
await setUpAdmin(admin.door, opened)
const { ask: as } = await signedInAs(admin.door)

test('an admin sees what each live tool costs a conversation, and how often it is called', async () => {
  const small = await approvedTool(opened)
  const big = await approvedTool(opened, { description: 'word '.repeat(300) })
  await draftedTool(opened.within)
  await result(engine, big.wire)
  await result(engine, big.wire)
  await redraft(opened.within, big.version, { code: 'def main(): return 2' })
  const { server, tool: name } = big.version
  await result(engine, 'mcpbox_test_code', { server, name })
  const told = ToolList.parse(await (await as('/api/tools')).json())
  const of = (wire: string) => told.items.find(({ listing }) => listing?.name === wire)
  expect(told.items).toHaveLength(3)
  expect(told.items.filter(({ listing }) => listing === null)).toMatchObject([
    { live: null, calls: 0 },
  ])
  expect(of(small.wire)).toMatchObject({ listing: { version: 1 }, calls: 0 })
  expect(of(big.wire)).toMatchObject({ listing: { version: 1 }, calls: 2 })
  const tokens = (wire: string) => of(wire)?.listing?.tokens ?? 0
  expect(tokens(big.wire)).toBeGreaterThan(tokens(small.wire) + 250)
  expect(told).toMatchObject({ listed: true, tokens: tokens(small.wire) + tokens(big.wire) })
  expect(told.management_tokens).toBeGreaterThan(1_000)
})

test('the totals are of all tools, whatever the page shows', async () => {
  const all = ToolList.parse(await (await as('/api/tools')).json())
  const page = ToolList.parse(await (await as('/api/tools?limit=1')).json())
  expect(page.items).toEqual(all.items.slice(0, 1))
  expect(page.tokens).toBe(all.tokens)
})

test('nobody else does', async () => {
  expect(await refusalOf(await ask(admin.door, '/api/tools'))).toEqual([401, 'unauthenticated'])
})
