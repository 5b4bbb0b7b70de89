import { afterAll, expect, test } from 'vitest'
import { openMemory, sql } from '../../testing/databases.ts'
import { ALICE, problem, result, startEngine } from '../../testing/engines.ts'
import { ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import {
  approve,
  approvedTool,
  asked,
  draftedTool,
  manifest,
  redraft,
  reject,
} from '../../testing/tools.ts'

const opened = await openMemory()
const sandbox = new ScriptedSandbox()
const { engine, faults } = startEngine(opened, sandbox)
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
})
const { db, stores, within } = opened

/** A tool whose version 1 was live, and whose version 2 is. */
async function twice(change: Parameters<typeof approvedTool>[1] = {}) {
  const made = await approvedTool(opened, change)
  const { tool, version: first, admin, wire } = made
  const second = await redraft(within, first, { code: 'def main(city): return 2', ...change })
  await approve(within, admin, await asked(within, tool))
  return { tool, admin, wire, first, second, at: { server: tool.server, name: tool.name } }
}

const told = async (name: string, args: object) =>
  (await result(engine, name, { ...args })).structuredContent

const states = async (toolId: string) =>
  (await stores.tools.versions(toolId)).map(({ number, state }) => `${number} ${state}`)

const ran = async (wire: string) => {
  await result(engine, wire, { city: 'Bern' })
  return sandbox.asked.at(-1)?.request.version.hash
}

test('the history says who wrote each version, what it changed and what was decided', async () => {
  const { tool, wire, admin, first, at } = await twice()
  await redraft(within, first, { timeoutMs: 5_000 })
  await reject(within, admin, await asked(within, tool), 'too short')
  expect(await told('mcpbox_list_tool_versions', at)).toMatchObject({
    tool: wire,
    next_below: null,
    versions: [
      {
        version: 3,
        state: 'rejected',
        created_by: 'this machine',
        approvals: [{ state: 'rejected', decided_by: admin.username, reason: 'too short' }],
        changes: [expect.stringMatching(/^Code: /), 'Time limit 5 s; before: time limit 30 s.'],
      },
      { version: 2, state: 'live', approvals: [{ state: 'approved' }] },
      { version: 1, state: 'archived', changes: ['The first version.'] },
    ],
  })
  expect(await told('mcpbox_list_tool_versions', { ...at, limit: 1, below: 3 })).toMatchObject({
    versions: [{ version: 2 }],
    next_below: 2,
  })
})

test('a version can be read together with its diff from another', async () => {
  const { at } = await twice()
  expect(await told('mcpbox_get_tool', { ...at, compare_with: 1 })).toMatchObject({
    version: 2,
    diff: {
      from: 1,
      to: 2,
      words: [expect.stringMatching(/^Code: /)],
      code: expect.stringContaining('+def main(city): return 2'),
    },
  })
})

test('going back to a version that was approved is live at once, and forward again', async () => {
  const { tool, wire, first, second, at } = await twice()
  expect(await told('mcpbox_rollback_tool', { ...at, version: 1 })).toMatchObject({
    version: 1,
    state: 'live',
    outcome: 'live',
  })
  expect(await states(tool.id)).toEqual(['2 archived', '1 live'])
  expect(await ran(wire)).toBe(first.hash)
  await told('mcpbox_rollback_tool', { ...at, version: 2 })
  expect(await ran(wire)).toBe(second.hash)
  const about = await stores.activity.page({ subject: wire, action: 'version' }, { limit: 5 })
  expect(about.map(({ action, details }) => [action, details['number'], details['from']])).toEqual([
    ['version.rolled_back', 2, 1],
    ['version.rolled_back', 1, 2],
  ])
})

test('going back leaves alone what is drafted and what waits', async () => {
  const { tool, first, at } = await twice()
  await redraft(within, first, { timeoutMs: 5_000 })
  const approval = await asked(within, tool)
  await told('mcpbox_rollback_tool', { ...at, version: 1 })
  expect(await states(tool.id)).toEqual(['3 pending', '2 archived', '1 live'])
  expect((await stores.approvals.approval(approval.id))?.state).toBe('waiting')
})

test('a version of which a grant was taken back comes back as a draft only', async () => {
  const { tool, first, at } = await twice({ manifest: manifest({ hosts: ['a.example'] }) })
  await db.execute(sql`update grants set revoked_at = now(), revocation_reason = 'no more',
        revoked_by = (select id from admins limit 1) where version_id = ${first.id}`)
  expect(await told('mcpbox_rollback_tool', { ...at, version: 1 })).toMatchObject({
    version: 3,
    state: 'draft',
    hash: first.hash,
    outcome: 'drafted',
    next: expect.stringMatching(/host a\.example.*revoked.*mcpbox_request_publish/s),
  })
  expect(await states(tool.id)).toEqual(['3 draft', '2 live', '1 archived'])
  expect(await told('mcpbox_rollback_tool', { ...at, version: 1 })).toMatchObject({
    version: 3,
    outcome: 'unchanged',
  })
})

test('going back gives back nothing that was taken from a later version', async () => {
  const { first, second, at } = await twice({ manifest: manifest({ hosts: ['a.example'] }) })
  await db.execute(sql`update grants set revoked_at = now(), revocation_reason = 'it leaks',
        revoked_by = (select id from admins limit 1) where version_id = ${second.id}`)
  expect(await told('mcpbox_rollback_tool', { ...at, version: 1 })).toMatchObject({
    outcome: 'drafted',
    hash: first.hash,
    next: expect.stringContaining('host a.example was granted to a later version'),
  })
})

test('a version whose line ended in a later version comes back as a draft only', async () => {
  const { second, at } = await twice({ manifest: manifest({ hosts: ['a.example'] }) })
  await db.execute(sql`update grants set expires_at = now() where version_id = ${second.id}`)
  expect(await told('mcpbox_rollback_tool', { ...at, version: 1 })).toMatchObject({
    outcome: 'drafted',
  })
})

test('a version that a policy approved comes back as a draft only: nobody has read it', async () => {
  const { first, at } = await twice()
  await db.execute(
    sql`update approvals set decided_by = null, decided_by_policy = 'pure' where version_id = ${first.id}`,
  )
  expect(await told('mcpbox_rollback_tool', { ...at, version: 1 })).toMatchObject({
    outcome: 'drafted',
    next: expect.stringContaining('The policy "pure" approved it, no person did.'),
  })
})

test('a version that nobody approved comes back as a draft, and not by itself', async () => {
  const { tool, version, wire } = await draftedTool(within)
  await redraft(within, version, { timeoutMs: 5_000 })
  const at = { server: tool.server, name: tool.name }
  expect(await told('mcpbox_rollback_tool', { ...at, version: 1 })).toMatchObject({
    version: 3,
    outcome: 'drafted',
    hash: version.hash,
  })
  expect(await problem(engine, wire, {})).toMatchObject({ code: 'not_approved' })
})

test.each([
  ['live', 2, /live already/],
  ['pending', 3, /waits for a person/],
])('going back to what is %s changes nothing', async (_state, number, next) => {
  const { tool, first, at } = await twice()
  await redraft(within, first, { timeoutMs: 5_000 })
  await asked(within, tool)
  const before = await states(tool.id)
  expect(await told('mcpbox_rollback_tool', { ...at, version: number })).toMatchObject({
    outcome: 'unchanged',
    next: expect.stringMatching(next),
  })
  expect(await states(tool.id)).toEqual(before)
})

test('a name that something else took meanwhile is not taken from it', async () => {
  const name = 'the_only'
  const { at, tool } = await twice({ publication: { kind: 'tool', name } }).then(async (made) => {
    await redraft(within, made.first, { publication: { kind: 'tool', name: 'another' } })
    await approve(within, made.admin, await asked(within, made.tool))
    await approvedTool(opened, { publication: { kind: 'tool', name } })
    return made
  })
  expect(await problem(engine, 'mcpbox_rollback_tool', { ...at, version: 1 })).toMatchObject({
    code: 'name_taken',
  })
  expect(await states(tool.id)).toEqual(['3 live', '2 archived', '1 archived'])
})

test('a version that is not there is named as such', async () => {
  const { at } = await twice()
  for (const [name, more] of [
    ['mcpbox_rollback_tool', { version: 9 }],
    ['mcpbox_get_tool', { version: 9 }],
    ['mcpbox_get_tool', { compare_with: 9 }],
  ] as const)
    expect(await problem(engine, name, { ...at, ...more })).toMatchObject({
      code: 'version_unknown',
      message: expect.stringContaining('mcpbox_list_tool_versions'),
    })
})

test('the log of executions names the version that ran', async () => {
  const { wire, second, at } = await twice()
  await result(engine, wire, { city: 'Bern' }, ALICE)
  const { structuredContent } = await result(engine, 'mcpbox_get_tool_logs', at, ALICE)
  expect(structuredContent).toMatchObject({ executions: [{ version: 2, hash: second.hash }] })
})

test('nothing of all this was a fault of MCPbox', () => {
  expect(faults).toEqual([])
})
