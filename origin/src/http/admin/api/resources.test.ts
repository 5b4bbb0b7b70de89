import { afterAll, expect, test } from 'vitest'
import { DecisionsMade } from '#contract/admin-door/decisions.ts'
import { SettingView } from '#contract/admin-door/settings.ts'
import { ServerView, ToolList, VersionList } from '#contract/admin-door/tools.ts'
import { VersionDiff } from '#contract/admin-door/version-diff.ts'
import { ApprovalList, ExecutionList } from '#contract/admin-api.ts'
import { openAdmin, setUpAdmin, signedInAs } from '../../../testing/admin.ts'
import { openMemory } from '../../../testing/databases.ts'
import { refusalOf } from '../../../testing/doors.ts'
import { ALICE, BOB, result, startEngine } from '../../../testing/engines.ts'
import { ScriptedSandbox } from '../../../testing/scripted-sandbox.ts'
import {
  approvedTool,
  asked,
  draftedTool,
  freshName,
  manifest,
  redraft,
} from '../../../testing/tools.ts'

const opened = await openMemory()
const admin = openAdmin(opened)
const { engine } = startEngine(opened, new ScriptedSandbox())
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await admin[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
})
const { door } = admin
const { stores, within } = opened
await setUpAdmin(door, opened)
const { ask: as } = await signedInAs(door)
const read = async (path: string): Promise<unknown> => (await as(path)).json()

/** All items of a list, so many at a time. */
async function all<T>(
  list: { parse(value: unknown): { items: T[]; next: string | null } },
  path: string,
  limit: number,
): Promise<T[]> {
  const items: T[] = []
  for (let cursor = ''; ;) {
    const page = list.parse(await read(`${path}limit=${limit}${cursor}`))
    expect(page.items.length).toBeLessThanOrEqual(limit)
    items.push(...page.items)
    if (page.next === null) return items
    cursor = `&cursor=${page.next}`
  }
}

test('lists are paged without gaps and without doubles', async () => {
  for (let n = 0; n < 5; n++) await asked(within, (await draftedTool(within)).tool)
  const { wire } = await approvedTool(opened)
  for (const city of ['Bern', 'Chur', 'Genf']) await result(engine, wire, { city })
  for (const limit of [1, 2, 500]) {
    const tools = await all(ToolList, '/api/tools?', limit)
    expect(tools.map(({ server }) => server)).toEqual(
      tools.map(({ server }) => server).toSorted((a, b) => (a < b ? -1 : 1)),
    )
    expect(tools).toHaveLength(6)
    const approvals = await all(ApprovalList, '/api/approvals?state=waiting&', limit)
    expect(new Set(approvals.map(({ id }) => id)).size).toBe(5)
    const executions = await all(ExecutionList, `/api/executions?tool=${wire}&`, limit)
    expect(executions.map((one) => one.arguments['city'])).toEqual(['Genf', 'Chur', 'Bern'])
  }
})

test.each([
  'executions',
  'activity',
  'approvals',
  'servers',
  'tools',
  'deleted-tools',
  'sign-ins',
  'settings',
])(
  'a cursor of /api/%s that is none of ours is refused, and so is what nobody asked for',
  async (list) => {
    const forged = (key: object) => Buffer.from(JSON.stringify(key)).toString('base64url')
    for (const query of [
      'cursor=x',
      'cursor=',
      `cursor=${forged({})}`,
      `cursor=${forged({ id: "1' or 1=1", name: '\0', server: '%', startedAt: 'now' })}`,
      'limit=1&limit=2',
      'page=2',
      '__proto__=1',
    ])
      expect([query, (await as(`/api/${list}?${query}`)).status]).toEqual([query, 400])
  },
)

test('executions are found by who caused them, how they ended and when', async () => {
  const { wire } = await approvedTool(opened)
  await result(engine, wire, { city: 'Bern' }, ALICE)
  const between = new Date(Date.now() + 1).toISOString()
  await result(engine, wire, { city: 'Chur' }, BOB)
  const found = async (query: string) =>
    (await all(ExecutionList, `/api/executions?tool=${wire}&${query}&`, 50)).length
  expect(await found('principal=user:alice')).toBe(1)
  expect(await found('outcome=ok')).toBe(2)
  expect(await found('outcome=failed')).toBe(0)
  expect(await found('kind=trial')).toBe(0)
  expect(await found('request_id=request-1')).toBe(2)
  expect(await found(`until=${between}`)).toBeGreaterThanOrEqual(1)
  expect(await found('until=1970-01-01T00:00:00Z')).toBe(0)
})

test('a server is made and described by an admin, under a name that is free', async () => {
  const name = freshName()
  const made = await as('/api/servers', { method: 'POST', body: { name, description: 'one' } })
  expect(made.status).toBe(201)
  expect(ServerView.parse(await made.json())).toMatchObject({ created_by: 'admin:alice', tools: 0 })
  const again = await as('/api/servers', { method: 'POST', body: { name } })
  expect(await refusalOf(again)).toEqual([409, 'name_taken'])
  const etag = made.headers.get('etag') ?? ''
  const describe = { method: 'PATCH', body: { description: 'two' } }
  const wrong = await as(`/api/servers/${name}`, { ...describe, headers: { 'if-match': '"x"' } })
  expect(await refusalOf(wrong)).toEqual([412, 'precondition_failed'])
  const right = await as(`/api/servers/${name}`, { ...describe, headers: { 'if-match': etag } })
  expect(await right.json()).toMatchObject({ description: 'two' })
  expect(right.headers.get('etag')).toBe((await as(`/api/servers/${name}`)).headers.get('etag'))
})

test('what a version says otherwise is shown: code, manifest, and all the rest', async () => {
  const { version } = await approvedTool(opened, { manifest: manifest({ hosts: ['a.example'] }) })
  await redraft(within, version, {
    code: version.code.replace('city}', 'city, "n": 2}'),
    manifest: manifest({ hosts: ['b.example'] }),
    timeoutMs: 5_000,
  })
  const path = `/api/servers/${version.server}/tools/${version.tool}/versions`
  const versions = await all(VersionList, `${path}?`, 1)
  expect(versions.map(({ number, state }) => [number, state])).toEqual([
    [2, 'draft'],
    [1, 'live'],
  ])
  expect(VersionDiff.parse(await read(`${path}/2/diff?from=1`))).toEqual({
    from: 1,
    to: 2,
    words: [
      'May reach b.example, which is new.',
      'May no longer reach a.example.',
      'Code: 1 line added, 1 line removed.',
      'Time limit 5 s; before: time limit 30 s.',
    ],
    code: expect.stringMatching(
      /\n-    return \{"city": city\}\n\+    return \{"city": city, "n": 2\}\n$/,
    ),
    fields: [{ field: 'timeout_ms', from: 30_000, to: 5_000 }],
    manifest: {
      added: ['host b.example'],
      removed: ['host a.example'],
    },
  })
  expect(await read(`${path}/1/diff?from=1`)).toMatchObject({ code: '', fields: [] })
  expect(await refusalOf(await as(`${path}/3`))).toEqual([404, 'version_unknown'])
})

test('of several decisions each is made or refused by itself', async () => {
  const [one, two] = [await draftedTool(within), await draftedTool(within)]
  const [first, second] = [await asked(within, one.tool), await asked(within, two.tool)]
  const decisions = [
    { approval: first.id, hash: first.hash, decision: 'approve' },
    { approval: second.id, hash: 'f'.repeat(64), decision: 'approve' },
    { approval: second.id, hash: second.hash, decision: 'reject', reason: 'not today' },
    { approval: crypto.randomUUID(), hash: first.hash, decision: 'approve' },
  ]
  const response = await as('/api/approvals/decisions', { method: 'POST', body: { decisions } })
  const { items } = DecisionsMade.parse(await response.json())
  expect(items.map(({ version, problem }) => version?.state ?? problem?.code)).toEqual([
    'live',
    'approval_stale',
    'rejected',
    'approval_unknown',
  ])
  expect((await stores.tools.version(one.version.id))?.state).toBe('live')
})

test('a setting is the default until an admin changes it, and again after', async () => {
  const path = '/api/settings/log_retention_days'
  const etag = async () => (await as(path)).headers.get('etag') ?? ''
  const put = async (value: unknown) =>
    as(path, { method: 'PUT', body: { value }, headers: { 'if-match': await etag() } })
  expect(await read(path)).toEqual({
    name: 'log_retention_days',
    value: 30,
    default: 30,
    changed: false,
  })
  expect(SettingView.parse(await (await put(7)).json())).toMatchObject({ value: 7, changed: true })
  for (const value of [0, 3_651, 1.5, '7'])
    expect(await refusalOf(await put(value))).toEqual([400, 'invalid_request'])
  expect(await (await put(null)).json()).toMatchObject({ value: 30, changed: false })
  const about = await stores.activity.page({ action: 'setting.changed' }, { limit: 5 })
  expect(about.map(({ details }) => details['value'])).toEqual([null, 7])
})
