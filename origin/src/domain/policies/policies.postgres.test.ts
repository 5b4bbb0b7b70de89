import { afterAll, expect, inject, test } from 'vitest'
import type { ApprovalPolicy } from '#contract/approval-policy.ts'
import { ToolTest } from '#contract/tool-tests.ts'
import { freshDatabase, openReplica } from '../../testing/databases.ts'
import { problem, result, startEngine } from '../../testing/engines.ts'
import { ended, ok, ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import {
  approvedTool,
  asked,
  draftedTool,
  grantOf,
  manifest,
  newAdmin,
  redraft,
} from '../../testing/tools.ts'
import { changeSetting } from '../admin-settings.ts'
import { type Doer, UNSEEN } from '../activity.ts'
import { askApproval } from '../approvals/ask.ts'
import { expireGrant, revokeGrant } from '../grants/change.ts'
import { grantPermission } from '../permissions/change.ts'
import type { Stores } from '../stores.ts'
import { deleteTool } from '../tools/delete.ts'
import { draft } from '../tools/life-cycle.ts'
import type { Tool } from '../tools/tool-store.ts'
import type { Version } from '../tools/version.ts'
import { changeServerPolicy } from './change.ts'

const database = await freshDatabase(inject('postgresUrl'))
const opened = await openReplica(database.url)
const sandbox = new ScriptedSandbox()
const { engine, faults } = startEngine(opened, sandbox)
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})
const { stores, within } = opened
const ada = await newAdmin(stores)
const AGENT: Doer = { actor: 'local', ...UNSEEN }
const ADMIN: Doer = { actor: `admin:${ada.username}`, ...UNSEEN }
const ONE = { manifest: manifest({ hosts: ['a.example'] }) }
const TWO = { manifest: manifest({ hosts: ['a.example', 'b.example'] }) }

const forAll = (policy: ApprovalPolicy | null) =>
  within((s) => changeSetting(s, ADMIN, 'approval_policy', policy))
async function forServer({ server }: Pick<Tool, 'server'>, policy: ApprovalPolicy | null) {
  const found = await stores.directory.server(server)
  if (found !== null) await within((s) => changeServerPolicy(s, ADMIN, found, policy))
}

/** Asks as an agent does; `passed` is how the tests of the draft went, which has none otherwise. */
const publish = (tool: Tool, passed: boolean | null = null) =>
  within(async (s) => {
    const draft = await s.tools.versionIn(tool.id, 'draft')
    if (passed !== null && draft !== null) await tested(s, draft, passed)
    return askApproval(s, tool, AGENT, '')
  })

async function tested({ tests }: Stores, { hash, language }: Version, passed: boolean) {
  const runtime = 'python 3.11.2'
  const { digest } = await tests.keep(hash, [ToolTest.parse({ name: 'one', result: 1 })], 'local')
  await tests.noteRuntime(language, runtime)
  const one = { name: 'one', passed, why: passed ? null : 'it gave 2', duration_ms: 1 }
  const ran_at = '2026-01-01T00:00:00.000Z'
  await tests.report({ hash, digest, runtime }, { passed, runtime, ran_at, cases: [one] })
}

const stateOf = async ({ id }: Version) => (await stores.tools.version(id))?.state

test('while nobody says otherwise, a person decides on everything', async () => {
  const { tool, version } = await draftedTool(within)
  expect((await publish(tool, true)).verdict).toEqual({ rule: null, because: [] })
  expect(await stateOf(version)).toBe('pending')
})

test('a server’s own policy goes before the one for all, also where it is stricter', async () => {
  await forAll('pure')
  const inherits = await draftedTool(within)
  expect((await publish(inherits.tool, true)).verdict).toEqual({ rule: 'pure', expiries: [] })
  const strict = await draftedTool(within)
  await forServer(strict.tool, 'ask')
  expect((await publish(strict.tool, true)).verdict).toEqual({ rule: null, because: [] })
  await forAll(null)
  const own = await draftedTool(within)
  await forServer(own.tool, 'pure')
  expect((await publish(own.tool, true)).verdict).toEqual({ rule: 'pure', expiries: [] })
  await forServer(own.tool, null)
  await redraft(within, own.version, { code: 'def main(): return 2' })
  expect((await publish(own.tool, true)).verdict).toEqual({ rule: null, because: [] })
})

test('a pure version whose tests pass is live at once, and the record says that no person did it', async () => {
  const { tool, version, wire } = await draftedTool(within)
  await forServer(tool, 'pure')
  const { approval } = await publish(tool, true)
  expect(await stateOf(version)).toBe('live')
  expect(await stores.approvals.approval(approval.id)).toMatchObject({
    state: 'approved',
    decidedBy: null,
    decidedByPolicy: 'pure',
    decidedAt: expect.any(Date),
  })
  const [newest] = await stores.activity.page({ subject: wire }, { limit: 1 })
  expect(newest).toMatchObject({
    actor: 'policy:pure',
    action: 'approval.approved',
    details: { approval: approval.id, hash: version.hash, policy: 'pure' },
  })
  expect((await result(engine, wire, { city: 'Bern' })).isError).not.toBe(true)
})

test.each([
  ['without tests', null],
  ['whose tests fail', false],
])('a pure version %s waits for a person', async (_what, passed) => {
  const { tool, version } = await draftedTool(within)
  await forServer(tool, 'pure+shrinking')
  expect((await publish(tool, passed)).verdict).toEqual({
    rule: null,
    because: ['pure: it has no tests, or they do not pass', 'shrinking: nothing of it is live'],
  })
  expect(await stateOf(version)).toBe('pending')
})

test('what a policy approved without a person asks nobody, neither people nor models', async () => {
  const { tool, wire } = await draftedTool(within)
  await forServer(tool, 'pure')
  await publish(tool, true)
  const asks = [{ key: 'a', method: 'elicitation/create' as const, params: { message: 'PIN?' } }]
  const before = sandbox.replied.length
  sandbox.script = async ({ news }) => {
    news({ type: 'asks', seq: 1, asks })
    return ended(ok('done'), 2)
  }
  await result(engine, wire, { city: 'Bern' })
  sandbox.script = async ({ request }) => ended(ok(request.input))
  expect(sandbox.replied.slice(before)).toMatchObject([
    { replies: { replies: [{ error: { message: 'what no person has read asks nobody' } }] } },
  ])
})

test('a version that only leaves out is live at once, with what is left', async () => {
  const { tool, version, wire } = await approvedTool(opened, TWO)
  await forServer(tool, 'shrinking')
  const next = await redraft(within, version, ONE)
  const named = { server: tool.server, name: tool.name }
  const { structuredContent } = await result(engine, 'mcpbox_request_publish', named)
  expect(structuredContent).toMatchObject({
    state: 'live',
    next: 'The policy "shrinking" approved it, no person did. It is live: call it.',
  })
  expect(await stateOf(next)).toBe('live')
  await result(engine, wire, { city: 'Bern' })
  expect(sandbox.asked.at(-1)?.request.version.manifest).toEqual(ONE.manifest)
  const status = await result(engine, 'mcpbox_get_tool_status', named)
  expect(status.structuredContent).toMatchObject({
    callable: true,
    versions: [{ approvals: [{ decided_by: null, decided_by_policy: 'shrinking' }] }, {}],
  })
})

test('other code waits for a person, though its manifest is smaller, and the agent is told why', async () => {
  const { tool, version } = await approvedTool(opened, TWO)
  await forServer(tool, 'pure+shrinking')
  const next = await redraft(within, version, { ...ONE, code: 'def main(): return 2' })
  const named = { server: tool.server, name: tool.name }
  const { structuredContent } = await result(engine, 'mcpbox_request_publish', named)
  expect(structuredContent).toMatchObject({
    state: 'pending',
    next: 'A person decides now (pure: it uses the host a.example) (shrinking: it changes more than it leaves out: code). Wait for that with mcpbox_await_approval, or ask mcpbox_get_tool_status later.',
  })
  expect(await stateOf(next)).toBe('pending')
})

test('a line that stands permitted to drafts under trial is new to a live version all the same', async () => {
  const { tool, version } = await approvedTool(opened, ONE)
  await forServer(tool, 'shrinking')
  const subject = { server: tool.server, tool: null, kind: 'host' as const, value: 'b.example' }
  await within((s) => grantPermission(s, ada, subject, null, UNSEEN))
  await redraft(within, version, TWO)
  expect((await publish(tool)).verdict).toEqual({
    rule: null,
    because: ['shrinking: it adds host b.example'],
  })
})

test('what shrinks by policy ends no later than what it was measured by', async () => {
  const { tool, version } = await approvedTool(opened, TWO)
  await forServer(tool, 'shrinking')
  const end = new Date(Date.now() + 86_400_000)
  const { id } = await grantOf(stores, version, 'host a.example')
  await within((s) => expireGrant(s, ada, id, end, UNSEEN))
  const subject = { server: tool.server, tool: null, kind: 'host' as const, value: 'a.example' }
  await within((s) => grantPermission(s, ada, subject, null, UNSEEN))
  const next = await redraft(within, version, { ...TWO, timeoutMs: 5_000 })
  expect((await publish(tool)).verdict).toMatchObject({ rule: 'shrinking' })
  const until = async (line: string) => (await grantOf(stores, next, line)).expiresAt
  expect(await until('host a.example')).toEqual(end)
  expect(await until('host b.example')).toBeNull()
})

test('what nobody has read takes the place of nothing that was live under its name', async () => {
  const { tool, version } = await approvedTool(opened, ONE)
  await forServer(tool, 'pure')
  await within((s) => deleteTool(s, tool, AGENT))
  const serverId = (await stores.tools.serverId(tool.server)) ?? ''
  const again = { serverId, name: tool.name, createdBy: 'local' }
  const id = await stores.tools.addTool(again)
  await within((s) => draft(s, id, { ...version, manifest: manifest() }, 'local'))
  expect((await publish({ ...tool, id }, true)).verdict).toEqual({
    rule: null,
    because: ['pure: something else was live under this name before'],
  })
})

test('nothing is measured by a version that misses a line', async () => {
  const { tool, version } = await approvedTool(opened, TWO)
  await forServer(tool, 'shrinking')
  const { id } = await grantOf(stores, version, 'host b.example')
  await within((s) => revokeGrant(s, ada, id, 'no', UNSEEN))
  await redraft(within, version, { ...TWO, timeoutMs: 5_000 })
  expect((await publish(tool)).verdict).toEqual({
    rule: null,
    because: ['shrinking: not all of what is live stands approved by a person'],
  })
})

test('nothing is measured by a version that no person has read', async () => {
  const { tool, version } = await draftedTool(within)
  await forServer(tool, 'pure')
  await publish(tool, true)
  await forServer(tool, 'shrinking')
  await redraft(within, version, { timeoutMs: 5_000 })
  expect((await publish(tool, true)).verdict).toEqual({
    rule: null,
    because: ['shrinking: not all of what is live stands approved by a person'],
  })
})

test('what shrank by policy may shrink further: a person has read its code', async () => {
  const { tool, version } = await approvedTool(opened, TWO)
  await forServer(tool, 'shrinking')
  await redraft(within, version, ONE)
  await publish(tool)
  await redraft(within, version, {})
  expect((await publish(tool)).verdict).toMatchObject({ rule: null })
  await redraft(within, version, { manifest: manifest() })
  expect((await publish(tool)).verdict).toMatchObject({ rule: 'shrinking' })
})

test('a new policy decides nothing that waits, not even when it is asked again', async () => {
  const { tool, version } = await approvedTool(opened, TWO)
  const next = await redraft(within, version, ONE)
  const waiting = await asked(within, tool)
  await forServer(tool, 'pure+shrinking')
  await forAll('pure+shrinking')
  const again = await publish(tool, true)
  await forAll(null)
  expect(again).toMatchObject({ approval: { id: waiting.id }, verdict: null })
  expect(await stateOf(next)).toBe('pending')
})

test('what is pure but has the name of something that is live waits for a person', async () => {
  const { wire } = await approvedTool(opened)
  const { tool, version } = await draftedTool(within, { publication: { kind: 'tool', name: wire } })
  await forServer(tool, 'pure')
  expect((await publish(tool, true)).verdict).toMatchObject({ rule: null })
  expect(await stateOf(version)).toBe('pending')
})

test('a setting that is no policy is refused, and an unreadable one approves nothing', async () => {
  await expect(forAll('always' as never)).rejects.toMatchObject({
    problem: { code: 'invalid_request' },
  })
  await stores.settings.set('approval_policy', '"always"')
  const { tool, version } = await draftedTool(within)
  await expect(publish(tool, true)).rejects.toThrow('Invalid option')
  await forAll(null)
  expect(await stateOf(version)).toBe('draft')
  expect(await problem(engine, 'nowhere__nothing')).toMatchObject({ code: 'unknown_tool' })
})

test('nothing failed on the way', () => {
  expect(faults).toEqual([])
})
