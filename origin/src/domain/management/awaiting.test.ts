import { afterAll, expect, test } from 'vitest'
import { openMemory } from '../../testing/databases.ts'
import { ALICE, callOf, endOf, startEngine } from '../../testing/engines.ts'
import { ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { approve, asked, draftedTool, newAdmin } from '../../testing/tools.ts'

const opened = await openMemory()
const { engine, faults } = startEngine(opened, new ScriptedSandbox())
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
})
const { stores, within } = opened

test('beside the embedded database a decision ends the wait, too, and others work meanwhile', async () => {
  const { tool } = await draftedTool(within)
  const approval = await asked(within, tool)
  const { server, name } = tool
  const request = callOf('mcpbox_await_approval', { server, name, wait_s: 3_600 })
  await engine.submit(ALICE, request, 'request-1')
  await approve(within, await newAdmin(stores), approval)
  expect(await endOf(engine, request.op_id, ALICE)).toMatchObject({
    result: { structuredContent: { decision: 'approved' } },
  })
  expect(faults).toEqual([])
})
