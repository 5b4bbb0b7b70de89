import { afterAll, beforeEach, expect, inject, test } from 'vitest'
import type { OpId } from '#contract/operation.ts'
import { freshDatabase, openReplica } from '../../testing/databases.ts'
import { ALICE, BOB, callOf, endOf, eventsOf, startEngine } from '../../testing/engines.ts'
import { ended, gate, ok, ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { approvedTool } from '../../testing/tools.ts'

const database = await freshDatabase(inject('postgresUrl'))
const opened = await openReplica(database.url)
const sandbox = new ScriptedSandbox()
const { engine, faults } = startEngine(opened, sandbox)
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})
beforeEach(() => {
  sandbox.replied.length = 0
})

const asks = [{ key: 'who', method: 'roots/list' as const, params: {} }]
const replies = [{ key: 'who', result: { roots: [] } }]

/** A call whose tool asks at once, and ends as the test says. */
async function asking(
  of: (wire: string, server: string, tool: string) => ReturnType<typeof callOf>,
) {
  const { wire, version } = await approvedTool(opened)
  const held = gate()
  sandbox.script = held.script
  const request = of(wire, version.server, version.tool)
  await engine.submit(ALICE, request, 'request-1')
  const run = await held.reached
  run.news({ type: 'asks', seq: 1, asks })
  return { opId: request.op_id, end: () => held.end(ended(ok('asked'), 2)) }
}
const firstOf = async (opId: OpId) => {
  const stop = new AbortController()
  for await (const event of engine.follow(ALICE, opId, 0, stop.signal))
    if (event.type !== 'accepted') return event
  throw new Error('nothing was said')
}

test('a question of a call is an event of its operation, and replies go to its run', async () => {
  const { opId, end } = await asking((wire) => callOf(wire))
  expect(await firstOf(opId)).toEqual({ type: 'asks', seq: 1, asks })
  await engine.reply(ALICE, opId, { seq: 1, replies })
  expect(sandbox.replied).toEqual([{ runId: opId, replies: { seq: 1, replies } }])
  end()
  expect(await endOf(engine, opId, ALICE)).toMatchObject({ type: 'result', seq: 2 })
  expect(faults).toEqual([])
})

test('nobody answers for somebody else', async () => {
  const { opId, end } = await asking((wire) => callOf(wire))
  await expect(engine.reply(BOB, opId, { seq: 1, replies })).rejects.toMatchObject({
    problem: { code: 'operation_unknown' },
  })
  expect(sandbox.replied).toEqual([])
  end()
  await endOf(engine, opId, ALICE)
})

test('a draft under trial asks nobody, and hears so', async () => {
  const { opId, end } = await asking((_wire, server, name) =>
    callOf('mcpbox_test_code', { server, name }),
  )
  expect(sandbox.replied).toMatchObject([
    { runId: opId, replies: { seq: 1, replies: [{ key: 'who', error: { code: -32603 } }] } },
  ])
  end()
  const events = await eventsOf(engine, opId, { as: ALICE })
  expect(events.map(({ type }) => type)).not.toContain('asks')
})
