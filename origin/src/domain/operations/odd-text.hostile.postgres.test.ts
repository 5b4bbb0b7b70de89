import { NO_USES } from '#contract/code-uses.ts'
import { afterAll, expect, inject, test } from 'vitest'
import { openReplicas } from '../../testing/databases.ts'
import { callOf, endOf, eventsOf, LOCAL, problem, startEngine } from '../../testing/engines.ts'
import { ended, measured, ok, ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { approvedTool, freshName } from '../../testing/tools.ts'

const replicas = await openReplicas(inject('postgresUrl'))
const sandbox = new ScriptedSandbox()
const { engine, faults } = startEngine(replicas.here, sandbox)
const other = startEngine(replicas.there, sandbox)
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await other.engine[Symbol.asyncDispose]()
  await replicas[Symbol.asyncDispose]()
})
const { stores } = replicas.here
const { wire } = await approvedTool(replicas.here)

/** Text that PostgreSQL's text columns refuse. */
const ODD = { nul: 'a\0b', high: 'a\ud800b', low: '\udc00', emoji: '🌦', line: '\u2028"\\' }

test('odd text in arguments, results and news reaches the caller as it was', async () => {
  sandbox.script = async ({ request, news }) => {
    news({ type: 'log', seq: 1, level: 'info', data: ODD })
    news({ type: 'progress', seq: 2, progress: 1, message: ODD.nul })
    return ended(ok({ echoed: request.input, [ODD.nul]: ODD.high }), 3)
  }
  const request = callOf(wire, ODD)
  await engine.submit(LOCAL, request, 'request-1')
  const told = await eventsOf(engine, request.op_id)
  expect(told.slice(1)).toMatchObject([
    { type: 'log', data: ODD },
    { type: 'progress', message: ODD.nul },
    { type: 'result', result: { structuredContent: { echoed: ODD, [ODD.nul]: ODD.high } } },
  ])
  expect(await eventsOf(other.engine, request.op_id)).toEqual(told)
  expect(faults).toEqual([])
})

test('odd text that was printed or raised is kept in the log, cleaned', async () => {
  sandbox.script = async () => {
    const failure = {
      type: 'ValueError',
      message: ODD.nul,
      traceback: `Trace ${ODD.high}${ODD.nul}`,
    }
    return ended({ kind: 'failed', failure, ...measured(`printed ${ODD.nul}${ODD.low}`) })
  }
  const request = callOf(wire, ODD)
  await engine.submit(LOCAL, request, 'request-1')
  expect(await endOf(engine, request.op_id)).toMatchObject({ result: { isError: true } })
  const [execution] = await stores.executions.recent({ limit: 1 })
  expect(execution).toMatchObject({
    id: request.op_id,
    arguments: ODD,
    detail: 'Trace a\ufffdba\ufffdb',
    stdout: 'printed a\ufffdb\ufffd',
  })
  expect(faults).toEqual([])
})

test.each(['name', 'server', 'code', 'description'])(
  'odd text as the %s of a tool is refused as an argument',
  async (field) => {
    const fine = { server: 'weather', name: 'forecast', code: 'def main(): pass', description: '' }
    for (const odd of [ODD.nul, ODD.high])
      expect(await problem(engine, 'mcpbox_create_tool', { ...fine, [field]: odd })).toMatchObject({
        code: 'invalid_arguments',
      })
  },
)

test('a docstring with odd text is refused like bad code', async () => {
  const server = freshName()
  await stores.tools.addServer({ name: server, description: '', createdBy: 'local' })
  for (const description of [ODD.nul, ODD.low]) {
    sandbox.analysis = {
      valid: true,
      input_schema: {},
      output_schema: null,
      description,
      imports: [],
      uses: NO_USES,
    }
    expect(
      await problem(engine, 'mcpbox_create_tool', { server, name: 'forecast', code: 'pass' }),
    ).toEqual({
      code: 'code_invalid',
      message: 'The docstring must be well-formed text without NUL.',
    })
  }
})

test.each(['a\0__b', 'weather__\ud800', '\0'])('a tool named %j is unknown', async (name) => {
  expect(await problem(engine, name)).toMatchObject({ code: 'unknown_tool' })
  expect(await problem(engine, 'mcpbox_call_tool', { name })).toMatchObject({
    code: 'tool_unknown',
  })
})

test('what a client says of itself is kept whatever it says', async () => {
  sandbox.script = async () => ended(ok(1))
  const request = { ...callOf(wire), client: { name: ODD.nul, version: ODD.high } }
  await engine.submit(LOCAL, request, 'request-1')
  expect(await endOf(engine, request.op_id)).toMatchObject({ type: 'result' })
  const [execution] = await stores.executions.recent({ limit: 1 })
  expect(execution?.client).toEqual(request.client)
})
