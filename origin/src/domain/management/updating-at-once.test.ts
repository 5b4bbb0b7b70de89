import { afterAll, expect, test } from 'vitest'
import { openMemory } from '../../testing/databases.ts'
import { callOf, endOf, LOCAL, problem, result, startEngine } from '../../testing/engines.ts'
import { ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { draftedTool } from '../../testing/tools.ts'

const opened = await openMemory()
const sandbox = new ScriptedSandbox()
const { engine } = startEngine(opened, sandbox)
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
})

test('of two changes at once the later one is told, and undoes nothing', async () => {
  const { tool } = await draftedTool(opened.within)
  const which = { server: tool.server, name: tool.name }
  const reading = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const analyze = sandbox.analyze.bind(sandbox)
  sandbox.analyze = async (source) => {
    sandbox.analyze = analyze
    reading.resolve()
    await goOn.promise
    return analyze(source)
  }
  const slow = callOf('mcpbox_update_tool', { ...which, description: 'Slow.' })
  await engine.submit(LOCAL, slow, 'request-1')
  await reading.promise
  const fast = 'def main(): return "fast"'
  await result(engine, 'mcpbox_update_tool', { ...which, code: fast })
  goOn.resolve()

  expect(await endOf(engine, slow.op_id)).toMatchObject({ problem: { code: 'version_changed' } })
  const [newest] = await opened.stores.tools.versions(tool.id)
  expect(newest).toMatchObject({ number: 2, code: fast })
  expect(
    await problem(engine, 'mcpbox_update_tool', { server: 'no_such', name: 'x' }),
  ).toMatchObject({
    code: 'tool_unknown',
  })
})
