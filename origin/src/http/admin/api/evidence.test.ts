import { afterAll, expect, test } from 'vitest'
import { ApprovalView } from '#contract/admin-api.ts'
import { CodeUses, NO_USES } from '#contract/code-uses.ts'
import type { JsonObject } from '#contract/json.ts'
import { openAdmin, setUpAdmin, signedInAs } from '../../../testing/admin.ts'
import { openMemory } from '../../../testing/databases.ts'
import { callOf, endOf, LOCAL, result, startEngine } from '../../../testing/engines.ts'
import { ended, ok, ScriptedSandbox } from '../../../testing/scripted-sandbox.ts'
import { approve, draftedTool, asked, freshName, newAdmin } from '../../../testing/tools.ts'

/** What a person who decides has before their eyes, beside the text. */

const opened = await openMemory()
const admin = openAdmin(opened)
const sandbox = new ScriptedSandbox()
const { engine, faults } = startEngine(opened, sandbox)
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await admin[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
})
const { stores, within } = opened
await setUpAdmin(admin.door, opened)
const { ask: as } = await signedInAs(admin.door)

async function waiting(): Promise<ApprovalView> {
  const all = await stores.approvals.list('waiting', { after: null, limit: 500 })
  return ApprovalView.parse(await (await as(`/api/approvals/${all.at(-1)?.id}`)).json())
}

async function published(server: string, from?: string): Promise<ApprovalView> {
  const args: JsonObject = { server, name: 'forecast', notes: 'It is wanted.' }
  const request = { ...callOf('mcpbox_request_publish', args), ...(from && { address: from }) }
  await engine.submit(LOCAL, request, 'request-1')
  await endOf(engine, request.op_id)
  return waiting()
}

test('who asked, from where, why; the tests and how they went; the manifest beside the code', async () => {
  if (!sandbox.analysis.valid) throw new Error('it reads nothing')
  const uses = CodeUses.parse({
    ...NO_USES,
    hosts: ['api.example'],
    unseen: [{ kind: 'secret', line: 3, hint: null }],
  })
  sandbox.analysis = { ...sandbox.analysis, uses }
  const server = freshName()
  await result(engine, 'mcpbox_create_server', { name: server })
  const tests = [
    { name: 'gives a city', input: { city: 'Bern' }, result: { city: 'Bern' } },
    { name: 'knows it is warm', input: { city: 'Bern' }, result: 'warm' },
  ]
  const code = 'def main(city): return {}\n'
  const made = { server, name: 'forecast', code, modules: ['os'], tests }
  await result(engine, 'mcpbox_create_tool', made)
  expect(await published(server, '203.0.113.7')).toMatchObject({
    client: { name: 'test', version: '1' },
    address: '203.0.113.7',
    notes: 'It is wanted.',
    version: { manifest: { hosts: ['api.example'], modules: ['os'] } },
    live: null,
    diff: null,
    code_check: {
      lacking: [],
      unused: ['module os'],
      unseen: ['Line 3 takes secrets by names that do not show, or all of them.'],
    },
    tests: {
      cases: tests,
      report: {
        passed: false,
        runtime: 'python 3.11.2',
        cases: [
          { name: 'gives a city', passed: true },
          {
            name: 'knows it is warm',
            passed: false,
            why: 'It gave {"city":"Bern"} instead of "warm".',
          },
        ],
      },
    },
  })
  const kept = await stores.activity.page({ action: 'approval.requested' }, { limit: 1 })
  expect(kept).toMatchObject([{ address: '203.0.113.7' }])
})

test('what is otherwise than in the live version, the manifest in words', async () => {
  const server = freshName()
  await result(engine, 'mcpbox_create_server', { name: server })
  const tool = { server, name: 'forecast' }
  const hosts = ['a.example']
  await result(engine, 'mcpbox_create_tool', { ...tool, code: 'one\n', hosts, secrets: [] })
  const { id, hash } = await published(server)
  const approval = await stores.approvals.approval(id)
  if (approval?.hash !== hash) throw new Error('it is about something else')
  await approve(within, await newAdmin(stores), approval)
  const secrets = ['KEY@b.example/x-key']
  const changed = { code: 'two\n', hosts: ['b.example'], secrets, queue_when_away: true }
  await result(engine, 'mcpbox_update_tool', { ...tool, ...changed })
  expect(await published(server)).toMatchObject({
    address: null,
    diff: {
      from: 1,
      to: 2,
      code: expect.stringContaining('-one\n+two\n'),
      fields: [{ field: 'queue_when_away', from: false, to: true }],
      words: expect.arrayContaining([
        'May reach b.example, which is new.',
        'May send the secret KEY, without reading it, to b.example in the header x-key, which is new.',
        'May no longer reach a.example.',
      ]),
    },
  })
})

test('code that nobody read, and tests that nobody ran, are no good news', async () => {
  const { tool, version } = await draftedTool(within)
  await stores.tests.keep(
    version.hash,
    [{ name: 'a', input: {}, result: 1, secrets: {}, http: [] }],
    'local',
  )
  await asked(within, tool)
  expect(await waiting()).toMatchObject({
    code_check: null,
    tests: { cases: [{ name: 'a' }], report: null },
  })
})

test('nothing of all this was a fault of MCPbox', () => {
  sandbox.script = async () => ended(ok(null))
  expect(faults).toEqual([])
})
