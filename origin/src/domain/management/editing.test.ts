import { afterAll, expect, test } from 'vitest'
import type { JsonObject } from '#contract/json.ts'
import { MAX_CODE_BYTES } from '#contract/limits.ts'
import { openMemory, sql } from '../../testing/databases.ts'
import { ALICE, BOB, problem, result, startEngine } from '../../testing/engines.ts'
import { ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { approve, approvedTool, asked, freshName, manifest, redraft } from '../../testing/tools.ts'

const opened = await openMemory()
const sandbox = new ScriptedSandbox()
const { engine, faults } = startEngine(opened, sandbox)
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
})
const { db, stores, within } = opened
const CODE = 'async def main(city: str) -> dict:\n    return {"city": city}\n'
const base64 = (text: string) => Buffer.from(text).toString('base64')

const told = async (name: string, args: JsonObject, as = ALICE) =>
  (await result(engine, name, args, as)).structuredContent

async function live(change: Parameters<typeof approvedTool>[1] = {}) {
  const made = await approvedTool(opened, change)
  return { ...made, at: { server: made.tool.server, name: made.tool.name } }
}

const codeOf = async (at: JsonObject) =>
  ((await told('mcpbox_get_tool', at)) as { code: string }).code

test('an edit of a live tool makes a draft of it, and leaves all else and what is live', async () => {
  const { at, tool, version } = await live({ manifest: manifest({ hosts: ['a.example'] }) })
  const edits = [{ find: '{"city": city}', replace: '{"place": city}' }]
  expect(await told('mcpbox_edit_tool', { ...at, edits })).toMatchObject({
    version: 2,
    state: 'draft',
    manifest: { hosts: ['a.example'] },
    description: version.description,
    next: expect.stringContaining('mcpbox_request_publish'),
  })
  expect(await codeOf(at)).toBe(CODE.replace('"city"', '"place"'))
  expect((await stores.tools.versionIn(tool.id, 'live'))?.id).toBe(version.id)
})

test.each<[string, (code: string) => JsonObject]>([
  ['edits', () => ({ edits: [{ find: 'city}', replace: 'city, "n": 1}' }] })],
  [
    'edits in base64',
    () => ({
      edits: [{ find_base64: base64('city}'), replace_base64: base64('city, "n": 1}') }],
    }),
  ],
  ['a diff', () => ({ diff: DIFF })],
  ['a diff in base64', () => ({ diff_base64: base64(DIFF) })],
  ['all of the code', (code) => ({ code })],
  ['all of the code in base64', (code) => ({ code_base64: base64(code) })],
])('code is changed by %s', async (_how, change) => {
  const { at } = await live()
  const wanted = CODE.replace('city}', 'city, "n": 1}')
  await told('mcpbox_edit_tool', { ...at, ...change(wanted) })
  expect(await codeOf(at)).toBe(wanted)
  expect(sandbox.analyzed.at(-1)).toBe(wanted)
})
const DIFF =
  '@@ -1,2 +1,2 @@\n async def main(city: str) -> dict:\n-    return {"city": city}\n+    return {"city": city, "n": 1}\n'

test('an edit that does not fit changes nothing, and says what is like it', async () => {
  const { at, tool } = await live()
  for (const change of [
    { edits: [{ find: 'return { "city": city }', replace: '' }] },
    { diff: DIFF.replace('"city": city}\n+', '"city":city}\n+') },
  ])
    expect(await problem(engine, 'mcpbox_edit_tool', { ...at, ...change })).toMatchObject({
      code: 'edit_failed',
      message: expect.stringMatching(/nothing was changed.*line 2: /),
    })
  expect(await stores.tools.versions(tool.id)).toHaveLength(1)
})

test.each<[string, JsonObject]>([
  ['nothing', {}],
  ['two ways at once', { diff: DIFF, code: CODE }],
  ['nothing to find', { edits: [{ find: '', replace: 'x' }] }],
  ['nothing to find, in base64', { edits: [{ find_base64: '', replace: 'x' }] }],
  ['nothing to replace it with', { edits: [{ find: 'x' }] }],
  ['both forms of one text', { edits: [{ find: 'x', find_base64: 'eA==', replace: '' }] }],
  ['part 2 of nothing', { code: CODE, part: 2 }],
  ['part 3 of 2', { code: CODE, part: 3, of: 2 }],
  ['a part without code', { diff: DIFF, part: 1, of: 2 }],
])('an edit with %s is refused', async (_what, change) => {
  const { at } = await live()
  expect(await problem(engine, 'mcpbox_edit_tool', { ...at, ...change })).toMatchObject({
    code: 'invalid_arguments',
  })
})

test('a replacement that would burst the code is refused before it is made', async () => {
  const { at } = await live({ code: `#${'a'.repeat(50_000)}\n` })
  const edits = [{ find: 'a', replace: 'b'.repeat(100_000), all: true }]
  expect(await problem(engine, 'mcpbox_edit_tool', { ...at, edits })).toMatchObject({
    code: 'code_invalid',
  })
})

test.each(['mcpbox_edit_tool', 'mcpbox_update_tool'])(
  '%s of a version that is not the newest any more is refused',
  async (name) => {
    const { at, version } = await live()
    const change = { code: `${CODE}# changed\n` }
    for (const from of [2, 'f'.repeat(64)])
      expect(await problem(engine, name, { ...at, from, ...change })).toMatchObject({
        code: 'version_changed',
        message: expect.stringMatching(
          new RegExp(`version 1 with the hash ${version.hash}.*mcpbox_get_tool`),
        ),
      })
    await told(name, { ...at, from: version.hash, ...change })
    expect(await problem(engine, name, { ...at, from: 1, ...change })).toMatchObject({
      code: 'version_changed',
    })
    await told(name, { ...at, from: 2, code: CODE.replace('city', 'town') })
  },
)

test('after going back to an earlier version, that is the one that is edited', async () => {
  const { at, tool, version, admin } = await live()
  await redraft(within, version, { code: 'def main(): return 2' })
  await approve(within, admin, await asked(within, tool))
  await result(engine, 'mcpbox_rollback_tool', { ...at, version: 1 })
  expect(await codeOf(at)).toBe(CODE)
  const edits = [{ find: '"city"', replace: '"place"' }]
  expect(await told('mcpbox_edit_tool', { ...at, from: 1, edits })).toMatchObject({ version: 3 })
  expect(await codeOf(at)).toBe(CODE.replace('"city"', '"place"'))
})

test('an edit that changes nothing makes no version', async () => {
  const { at } = await live()
  await told('mcpbox_edit_tool', { ...at, code: `${CODE}# changed\n` })
  const edits = [{ find: 'city', replace: 'city', all: true }]
  expect(await told('mcpbox_edit_tool', { ...at, edits })).toMatchObject({
    version: 2,
    next: 'Nothing changed.',
  })
})

test('code may come in parts, in any order; the last one makes the tool', async () => {
  const server = freshName()
  await told('mcpbox_create_server', { name: server })
  const long = `# ünïcödé\n${CODE}`
  const bytes = Buffer.from(long)
  const at = { server, name: 'long', description: 'Long.', of: 3 }
  // Cut within a character.
  const parts = [bytes.subarray(0, 3), bytes.subarray(3, 6), bytes.subarray(6)]
  const send = (number: number) =>
    told('mcpbox_create_tool', {
      ...at,
      part: number,
      code_base64: parts[number - 1]?.toString('base64') ?? '',
    })
  expect(await send(3)).toEqual({
    missing_parts: [1, 2],
    next: expect.stringContaining('Send part 1, 2'),
  })
  expect(await send(1)).toMatchObject({ missing_parts: [2] })
  expect(await send(1)).toMatchObject({ missing_parts: [2] })
  expect(await send(2)).toMatchObject({ version: 1, state: 'draft' })
  expect(await codeOf({ server, name: 'long' })).toBe(long)
  expect(
    await stores.codeParts.parts({ by: 'user:alice', server, tool: 'long' as never, of: 3 }),
  ).toEqual(new Map())
})

test.each(['mcpbox_update_tool', 'mcpbox_edit_tool'])(
  '%s takes code in parts, too',
  async (name) => {
    const { at } = await live()
    await told(name, { ...at, part: 1, of: 2, code: 'def main():\n' })
    await told(name, { ...at, part: 2, of: 2, code_base64: base64('    return 7\n') })
    expect(await codeOf(at)).toBe('def main():\n    return 7\n')
  },
)

test('parts of others, of another division, or too old are not put together', async () => {
  const { at } = await live()
  const send = (part: number, of: number, as = ALICE) =>
    told('mcpbox_update_tool', { ...at, part, of, code: `# ${part}\n` }, as)
  await send(1, 2, BOB)
  expect(await send(2, 2)).toMatchObject({ missing_parts: [1] })
  expect(await send(1, 3)).toMatchObject({ missing_parts: [2, 3] })
  expect(await send(1, 2)).toMatchObject({ missing_parts: [2] })
  await db.execute(sql`update code_parts set expires_at = now()`)
  expect(await send(2, 2)).toMatchObject({ missing_parts: [1] })
  await db.execute(sql`update code_parts set expires_at = now()`)
  await stores.codeParts.forgetExpired()
  expect(await db.execute(sql`select * from code_parts`)).toMatchObject({ rows: [] })
})

test('parts are measured together, and of too many uploads the oldest are forgotten', async () => {
  const { at } = await live()
  const half = 'x'.repeat(MAX_CODE_BYTES / 2)
  await told('mcpbox_update_tool', { ...at, part: 1, of: 3, code: half })
  await told('mcpbox_update_tool', { ...at, part: 2, of: 3, code: half })
  expect(
    await problem(engine, 'mcpbox_update_tool', { ...at, part: 3, of: 3, code: 'x' }, ALICE),
  ).toMatchObject({ code: 'code_invalid', message: expect.stringContaining('100001 bytes') })
  for (let n = 0; n < 10; n++) {
    const other = await live()
    await told('mcpbox_update_tool', { ...other.at, part: 1, of: 2, code: 'x' })
  }
  const kept = (await db.execute(sql`select distinct server from code_parts
    where principal = 'user:alice'`)) as { rows: unknown[] }
  expect(kept.rows).toHaveLength(10)
  expect(kept.rows).not.toContainEqual({ server: at.server })
})

test('nothing of all this was a fault of MCPbox', () => {
  expect(faults).toEqual([])
})
