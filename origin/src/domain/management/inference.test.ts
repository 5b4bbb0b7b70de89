import { afterAll, expect, test } from 'vitest'
import { CodeUses, NO_USES } from '#contract/code-uses.ts'
import type { JsonObject } from '#contract/json.ts'
import { openMemory } from '../../testing/databases.ts'
import { result, startEngine } from '../../testing/engines.ts'
import { ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { freshName } from '../../testing/tools.ts'

const opened = await openMemory()
const sandbox = new ScriptedSandbox()
const { engine, faults } = startEngine(opened, sandbox)
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
})

/** What reading the code tells from now on. */
function reads(uses: { [kind in keyof CodeUses]?: unknown }): void {
  if (!sandbox.analysis.valid) throw new Error('it reads nothing')
  sandbox.analysis = { ...sandbox.analysis, uses: CodeUses.parse({ ...NO_USES, ...uses }) }
}

const told = async (name: string, args: JsonObject) =>
  (await result(engine, name, args)).structuredContent as {
    manifest: Record<string, string[]>
    code_check: Record<string, string[]>
  }

async function created(more: JsonObject = {}) {
  const tool = { server: freshName(), name: 'forecast' }
  await told('mcpbox_create_server', { name: tool.server })
  return { tool, made: await told('mcpbox_create_tool', { ...tool, code: 'v1', ...more }) }
}

const SEEN = {
  hosts: ['api.example'],
  modules: ['sqlite3'],
  secrets: [
    { name: 'READ', read: true, places: [] },
    { name: 'SENT', read: false, places: [] },
  ],
}
const none = { hosts: [], modules: [], packages: [], secrets: [] }

test('what the author leaves out is what the code is seen to use, and the author hears of it', async () => {
  reads(SEEN)
  const { made } = await created()
  expect(made.manifest).toEqual({
    hosts: ['api.example'],
    modules: ['sqlite3'],
    packages: [],
    secrets: ['READ', 'SENT@api.example'],
  })
  expect(made.code_check).toEqual({
    filled_in: ['host api.example', 'module sqlite3', 'secret READ', 'secret SENT@api.example'],
    lacking: [],
    unused: [],
    unseen: [],
  })
})

test('what the author names is not added to, not even an empty list; the lack is told', async () => {
  reads(SEEN)
  const { made } = await created({ hosts: ['other.example'], modules: [], secrets: [] })
  expect(made.manifest).toEqual({ ...none, hosts: ['other.example'] })
  expect(made.code_check).toEqual({
    filled_in: [],
    lacking: [
      'host api.example',
      'module sqlite3',
      'secret READ',
      'secret SENT, with the host that it is sent to',
    ],
    unused: ['host other.example'],
    unseen: [],
  })
})

test('each list is completed by itself', async () => {
  reads(SEEN)
  const { made } = await created({ hosts: ['*.example', 'api.example'].slice(1) })
  expect(made.code_check).toMatchObject({
    filled_in: expect.not.arrayContaining(['host api.example']),
  })
  expect(made.manifest['modules']).toEqual(['sqlite3'])
})

test('where a secret is sent is for its author to say when there are several hosts, or a wide one', async () => {
  reads({ ...SEEN, hosts: ['a.example', 'b.example'] })
  const { made } = await created()
  expect(made.manifest['secrets']).toEqual(['READ'])
  expect(made.code_check['lacking']).toEqual(['secret SENT, with the host that it is sent to'])
  expect((await created({ hosts: ['*.api.example'] })).made.manifest['secrets']).toEqual(['READ'])
})

test('a secret that is only put into headers is bound to them, where the manifest reaches', async () => {
  const places = ['KEY@a.example/x-key', 'KEY@b.example:81/authorization']
  const secrets = [{ name: 'KEY', read: false, places }]
  reads({ hosts: ['a.example', 'b.example:81'], secrets })
  expect((await created()).made.manifest['secrets']).toEqual(places)
  const { made } = await created({ hosts: ['a.example'] })
  expect(made.manifest['secrets']).toEqual(['KEY@a.example/x-key'])
  expect(made.code_check['lacking']).toEqual(['host b.example:81'])
  reads({
    hosts: ['a.example'],
    secrets: [{ name: 'KEY', read: true, places: places.slice(0, 1) }],
  })
  expect((await created()).made.manifest['secrets']).toEqual(['KEY'])
})

test('packages are told and never filled in: only their author knows the version', async () => {
  reads({ packages: [{ module: 'yaml', package: 'pyyaml' }] })
  const { made } = await created()
  expect(made.manifest).toEqual(none)
  expect(made.code_check['lacking']).toEqual(['package of the module yaml, likely pyyaml'])
})

test('new code completes what the tool had, and keeps it', async () => {
  reads({ hosts: ['a.example'] })
  const { tool } = await created({ modules: ['os'] })
  reads({ hosts: ['b.example', 'c.example'] })
  const updated = await told('mcpbox_update_tool', { ...tool, code: 'v2', modules: ['re'] })
  expect(updated.manifest).toEqual({
    ...none,
    hosts: ['a.example', 'b.example', 'c.example'],
    modules: ['re'],
  })
  expect(updated.code_check).toMatchObject({
    filled_in: ['host b.example', 'host c.example'],
    unused: ['host a.example', 'module re'],
  })
})

test('a wider line of the author stands for what is seen beneath it', async () => {
  reads({})
  const { tool } = await created({ hosts: ['*.api.example', 'b.example:443'], modules: ['xml'] })
  reads({ hosts: ['eu.api.example', 'b.example'], modules: ['xml.sax'] })
  const updated = await told('mcpbox_update_tool', { ...tool, code: 'v2' })
  expect(updated.manifest).toMatchObject({
    hosts: ['*.api.example', 'b.example:443'],
    modules: ['xml'],
  })
  expect(updated.code_check).toEqual({ filled_in: [], lacking: [], unused: [], unseen: [] })
})

test('a change that is not of the code changes nothing of what it may use', async () => {
  reads(SEEN)
  const { tool } = await created({ hosts: [], modules: [], secrets: [] })
  const updated = await told('mcpbox_update_tool', { ...tool, description: 'Other words.' })
  expect(updated.manifest).toEqual(none)
})

test('what is not seen is said in words, with its line', async () => {
  reads({
    unseen: [
      { kind: 'host', line: 12, hint: null },
      { kind: 'host', line: 14, hint: '*.example.com' },
      { kind: 'code', line: 15, hint: 'eval' },
    ],
  })
  const { made } = await created({ hosts: ['*.example.com', '*.other.example'] })
  expect(made.code_check).toMatchObject({
    unused: ['host *.other.example'],
    unseen: [
      'Line 12 builds a host name at run time: needs a wide grant such as *.example.com, or name the hosts.',
      'Line 14 builds a host name at run time: needs the wide grant *.example.com, or name the hosts.',
      'Line 15 makes code at run time, or reaches past imports (eval): what that does does not show.',
    ],
  })
})

test('nothing of all this was a fault of MCPbox', () => {
  expect(faults).toEqual([])
})
