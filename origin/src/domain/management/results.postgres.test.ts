import { afterAll, expect, inject, test } from 'vitest'
import { MAX_RESULT_CHARS } from '#contract/limits.ts'
import { SecretName } from '#contract/names.ts'
import { freshDatabase, openReplica } from '../../testing/databases.ts'
import { ALICE, BOB, callOf, endOf, problem, result, startEngine } from '../../testing/engines.ts'
import { ended, ok, ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { approvedTool, manifest } from '../../testing/tools.ts'

const database = await freshDatabase(inject('postgresUrl'))
const opened = await openReplica(database.url)
const sandbox = new ScriptedSandbox()
const { engine, faults } = startEngine(opened, sandbox)
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})
const { wire } = await approvedTool(opened)

/** Lets a tool give a long text, and gives the handle of the whole. */
async function handleOf(text: string, tool = wire): Promise<string> {
  sandbox.script = async () => ended(ok(text))
  const { content } = await result(engine, tool, { city: 'Bern' }, ALICE)
  const [, handle = ''] = /"handle":"([^"]+)"/.exec(String(content[0]?.['text'])) ?? []
  return handle
}

const page = async (args: { handle: string; offset?: number; limit?: number }) =>
  (await result(engine, 'mcpbox_read_result', args, ALICE)).content.map(({ text }) => text)

test('a result of a megabyte is read page by page, to its last character', async () => {
  const whole = Array.from({ length: 100_000 }, (_, line) => `line ${line}\n`).join('')
  const handle = await handleOf(whole)
  const read: string[] = []
  for (let offset = 0; offset < whole.length; offset += 130_000) {
    const [text] = await page({ handle, offset, limit: 130_000 })
    read.push(String(text))
  }
  expect(read.join('')).toBe(whole)
})

test('a page says where it stands, and where the next one begins', async () => {
  const handle = await handleOf('abcde'.repeat(MAX_RESULT_CHARS))
  const total = 5 * MAX_RESULT_CHARS
  expect(await page({ handle, offset: 1, limit: 3 })).toEqual([
    'bcd',
    `Characters 1 to 4 of ${total}; next offset 4.`,
  ])
  expect(await page({ handle, offset: total - 2 })).toEqual([
    'de',
    `Characters ${total - 2} to ${total} of ${total}; this is the end.`,
  ])
  expect(await page({ handle, offset: total + 7 })).toEqual([
    '',
    `Characters ${total} to ${total} of ${total}; this is the end.`,
  ])
  const { _meta } = await result(engine, 'mcpbox_read_result', { handle, limit: 10 }, ALICE)
  expect(_meta).toEqual({ 'mcpbox/page': { total, next_offset: 10 } })
})

test('pages cut between characters, also where text has odd ones', async () => {
  const handle = await handleOf(`a\0${'😀'.repeat(MAX_RESULT_CHARS)}`)
  expect(await page({ handle, limit: 3 })).toEqual([
    'a\u{FFFD}😀',
    `Characters 0 to 3 of ${MAX_RESULT_CHARS + 2}; next offset 3.`,
  ])
})

test('what was scrubbed stays scrubbed', async () => {
  const secret = SecretName.parse('API_KEY')
  const needy = await approvedTool(opened, { manifest: manifest({ secrets: [secret] }) })
  const serverId = (await opened.stores.tools.serverId(needy.version.server)) ?? ''
  await opened.stores.secrets.set(serverId, secret, 'top-secret', 'admin:alice')
  const handle = await handleOf(`${'x'.repeat(MAX_RESULT_CHARS)} top-secret`, needy.wire)
  expect((await page({ handle, offset: MAX_RESULT_CHARS }))[0]).toBe(' [secret API_KEY]')
})

test('somebody else, and a result that fitted, have nothing under the handle', async () => {
  const nothing = {
    code: 'operation_unknown',
    message: 'No result is kept under this handle, or not any more: call the tool again.',
  }
  const handle = await handleOf('x'.repeat(MAX_RESULT_CHARS + 1))
  expect(await problem(engine, 'mcpbox_read_result', { handle }, BOB)).toEqual(nothing)
  expect(await problem(engine, 'mcpbox_read_result', { handle: 'mine' }, ALICE)).toEqual(nothing)
  sandbox.script = async () => ended(ok('short'))
  const short = callOf(wire, { city: 'Bern' })
  await engine.submit(ALICE, short, 'request-1')
  await endOf(engine, short.op_id, ALICE)
  const of = { handle: short.op_id }
  expect(await problem(engine, 'mcpbox_read_result', of, ALICE)).toEqual(nothing)
})

test('it is forgotten together with its operation', async () => {
  const handle = await handleOf('x'.repeat(MAX_RESULT_CHARS + 1))
  await opened.stores.operations.forgetFinishedBefore(new Date(Date.now() + 60_000))
  expect(await problem(engine, 'mcpbox_read_result', { handle }, ALICE)).toMatchObject({
    code: 'operation_unknown',
  })
})

test('nothing of all this was a fault of MCPbox', () => {
  expect(faults).toEqual([])
})
