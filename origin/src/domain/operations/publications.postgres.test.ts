import { afterAll, expect, inject, test } from 'vitest'
import type { JsonObject } from '#contract/json.ts'
import type { OperationRequest } from '#contract/operation.ts'
import type { Publication } from '#contract/publication.ts'
import type { Outcome } from '#contract/sandbox.ts'
import { freshDatabase, openReplica } from '../../testing/databases.ts'
import { ALICE, callOf, endOf, startEngine } from '../../testing/engines.ts'
import { ended, measured, ok, ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { approvedTool, freshName } from '../../testing/tools.ts'

const database = await freshDatabase(inject('postgresUrl'))
const opened = await openReplica(database.url)
const sandbox = new ScriptedSandbox()
const { engine } = startEngine(opened, sandbox)
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

type Asked = OperationRequest extends infer Each
  ? Each extends OperationRequest
    ? Pick<Each, 'method' | 'params'>
    : never
  : never

/** What an operation ends in, with a sandbox in which every run ends like this. */
async function endWith(asked: Asked, outcome: Outcome) {
  sandbox.script = async () => ended(outcome)
  const { op_id, era, client, deadline_ms } = callOf('')
  await engine.submit(ALICE, { ...asked, op_id, era, client, deadline_ms }, 'request-1')
  return endOf(engine, op_id, ALICE)
}
const publish = (publication: Publication, inputSchema: JsonObject = { type: 'object' }) =>
  approvedTool(opened, { publication, inputSchema })
const text = (said: string) => ({ type: 'text' as const, text: said })

test.each([
  ['a text', ok('Hello'), [{ role: 'user', content: text('Hello') }]],
  [
    'texts and said things',
    ok(['Hello', { role: 'assistant', content: 'Hi' }, { odd: true }]),
    [
      { role: 'user', content: text('Hello') },
      { role: 'assistant', content: text('Hi') },
      { role: 'user', content: text('{"odd":true}') },
    ],
  ],
  [
    'content',
    ok(null, '', [text('See'), { type: 'image', data: 'AAAA', mimeType: 'image/png' }]),
    [
      { role: 'user', content: text('See') },
      { role: 'user', content: { type: 'image', data: 'AAAA', mimeType: 'image/png' } },
    ],
  ],
])('a prompt that gives %s becomes messages', async (_what, outcome, messages) => {
  const name = `p.${freshName()}`
  await publish({ kind: 'prompt', name })
  const end = await endWith({ method: 'prompts/get', params: { name, arguments: {} } }, outcome)
  expect(end).toMatchObject({ result: { messages } })
})

test.each([
  ['a text', ok('milk'), { mimeType: 'text/markdown', text: 'milk' }],
  ['a value', ok({ milk: 1 }), { mimeType: 'text/markdown', text: '{"milk":1}' }],
  [
    'an image',
    ok(null, '', [{ type: 'image', data: 'AAAA', mimeType: 'image/png' }]),
    { mimeType: 'image/png', blob: 'AAAA' },
  ],
  [
    'a file',
    ok(null, '', [
      { type: 'resource', resource: { uri: 'file:///a', mimeType: 'text/csv', text: 'a,b' } },
    ]),
    { mimeType: 'text/markdown', text: 'a,b' },
  ],
])('a resource that gives %s becomes contents', async (_what, outcome, contents) => {
  const server = freshName()
  const uri = `${server}://{day}`
  const day = { type: 'object', properties: { day: { type: 'string' } }, required: ['day'] }
  await publish({ kind: 'resource', uri, mimeType: 'text/markdown' }, day)
  const here = `${server}://mon%20day`
  const end = await endWith({ method: 'resources/read', params: { uri: here } }, outcome)
  expect(end).toMatchObject({ result: { contents: [{ uri: here, ...contents }] } })
  expect(sandbox.asked.at(-1)?.request.input).toEqual({ day: 'mon day' })
})

test('a prompt whose code fails is a problem that says how', async () => {
  const name = `p.${freshName()}`
  await publish({ kind: 'prompt', name })
  const failure = { type: 'KeyError', message: 'tea', traceback: 'KeyError: tea' }
  const outcome: Outcome = { kind: 'failed', failure, ...measured() }
  const end = await endWith({ method: 'prompts/get', params: { name, arguments: {} } }, outcome)
  expect(end).toMatchObject({ problem: { code: 'execution_failed', message: 'KeyError: tea' } })
})

test('an argument is completed from what its type allows, without running anything', async () => {
  const name = `p.${freshName()}`
  const tone = { anyOf: [{ enum: ['kind', 'keen', 'frank'] }, { type: 'null' }] }
  await publish({ kind: 'prompt', name }, { type: 'object', properties: { tone } })
  const before = sandbox.asked.length
  const argument = { name: 'tone', value: 'K' }
  const params = { ref: { type: 'ref/prompt' as const, name }, argument, context: {} }
  const end = await endWith({ method: 'completion/complete', params }, ok(null))
  expect(end).toMatchObject({
    result: { completion: { values: ['kind', 'keen'], total: 2, hasMore: false } },
  })
  expect(sandbox.asked).toHaveLength(before)
})
