import { afterAll, expect, test } from 'vitest'
import { ActivityList } from '#contract/admin-door/activity.ts'
import { SecretList } from '#contract/admin-door/secrets.ts'
import { ServerList } from '#contract/admin-door/tools.ts'
import { ApprovalList, ApprovalView, ExecutionList, VersionView } from '#contract/admin-api.ts'
import { openAdmin, setUpAdmin, signedInAs } from '../../testing/admin.ts'
import { openMemory } from '../../testing/databases.ts'
import { refusalOf, type Asked } from '../../testing/doors.ts'
import { ALICE, result, startEngine } from '../../testing/engines.ts'
import { ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { approvedTool, asked, draftedTool, freshName, redraft } from '../../testing/tools.ts'

const opened = await openMemory()
const admin = openAdmin(opened)
afterAll(async () => {
  await admin[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
})
const { door } = admin
const { stores, within } = opened
await setUpAdmin(door, opened)
const { ask: as } = await signedInAs(door)

const get = async (path: string): Promise<unknown> => (await as(path)).json()
const refused = async (path: string, sent: Asked = {}) => refusalOf(await as(path, sent))

function decide(id: string, body: object) {
  return as(`/api/approvals/${id}/decision`, { method: 'POST', body })
}

test('a question is shown with its whole text, who asked, and what is live now', async () => {
  const { tool, version, wire } = await approvedTool(opened)
  const next = await redraft(within, version, { code: 'def main(): return 2' })
  const approval = await asked(within, tool)
  const view = ApprovalView.parse(await get(`/api/approvals/${approval.id}`))
  expect(view).toMatchObject({
    state: 'waiting',
    hash: next.hash,
    requested_by: 'local',
    version: { tool: wire, number: 2, state: 'pending', code: 'def main(): return 2' },
    live: { number: 1, hash: version.hash, code: version.code },
  })
  const waiting = ApprovalList.parse(await get('/api/approvals?state=waiting')).items
  expect(waiting).toContainEqual(view)
  expect(ApprovalList.parse(await get('/api/approvals')).items.length).toBeGreaterThan(
    waiting.length,
  )
})

test('an approval that names the hash makes the version live', async () => {
  const { tool, version } = await draftedTool(within)
  const { id, hash } = await asked(within, tool)
  const response = await decide(id, { hash, decision: 'approve' })
  expect(VersionView.parse(await response.json())).toMatchObject({ state: 'live', hash })
  expect((await stores.tools.versionIn(tool.id, 'live'))?.id).toBe(version.id)
  expect(await refusalOf(await decide(id, { hash, decision: 'reject', reason: 'late' }))).toEqual([
    409,
    'approval_decided',
  ])
})

test('a rejection needs a reason, in well-formed text; without one nothing is decided', async () => {
  const { tool } = await draftedTool(within)
  const { id, hash } = await asked(within, tool)
  expect(await refusalOf(await decide(id, { hash, decision: 'reject' }))).toEqual([
    400,
    'reason_required',
  ])
  const odd = await decide(id, { hash, decision: 'reject', reason: 'a\0b \ud800' })
  expect(await refusalOf(odd)).toEqual([400, 'invalid_request'])
  expect((await stores.approvals.approval(id))?.state).toBe('waiting')
  const response = await decide(id, { hash, decision: 'reject', reason: 'it reads too much' })
  expect(await response.json()).toMatchObject({ state: 'rejected' })
  expect((await stores.approvals.approval(id))?.reason).toBe('it reads too much')
})

test.each([
  [
    'another hash than the asked one',
    { hash: 'f'.repeat(64), decision: 'approve' },
    [409, 'approval_stale'],
  ],
  ['no hash', { decision: 'approve' }, [400, 'invalid_request']],
  ['a hash that is none', { hash: 'x', decision: 'approve' }, [400, 'invalid_request']],
  ['neither yes nor no', { hash: 'f'.repeat(64), decision: 'maybe' }, [400, 'invalid_request']],
  [
    'a field too many',
    { hash: 'f'.repeat(64), decision: 'approve', force: true },
    [400, 'invalid_request'],
  ],
])('a decision with %s is refused', async (_what, body, expected) => {
  const { tool, version } = await draftedTool(within)
  const { id } = await asked(within, tool)
  expect(await refusalOf(await decide(id, body))).toEqual(expected)
  expect((await stores.tools.version(version.id))?.state).toBe('pending')
})

test.each(['x', crypto.randomUUID(), '%00', '..'])('the question "%s" is unknown', async (id) => {
  expect(await refusalOf(await decide(id, { hash: 'f'.repeat(64), decision: 'approve' }))).toEqual(
    id === '..' ? [404, 'not_found'] : [404, 'approval_unknown'],
  )
})

test('executions are told newest first, of one tool where asked, to every admin', async () => {
  const { version, wire } = await approvedTool(opened)
  const { engine } = startEngine(opened, new ScriptedSandbox())
  await result(engine, wire, { city: 'Bern' }, ALICE)
  await result(engine, wire, { city: 'Chur' }, ALICE)
  const { items: executions } = ExecutionList.parse(await get(`/api/executions?tool=${wire}`))
  expect(executions).toMatchObject([
    {
      arguments: { city: 'Chur' },
      version: 1,
      hash: version.hash,
      principal_label: 'alice@example.com',
    },
    { arguments: { city: 'Bern' }, outcome: 'ok', result: '{"city":"Bern"}', duration_ms: 7 },
  ])
  expect(await get('/api/executions?limit=1')).toMatchObject({ items: [{ tool: wire }] })
  for (const tool of ['nowhere__nothing', '%00', "';--"])
    expect(await get(`/api/executions?tool=${tool}`)).toEqual({ items: [], next: null })
  await engine[Symbol.asyncDispose]()
})

test('activity and servers are told', async () => {
  const { version } = await draftedTool(within)
  expect(ActivityList.parse(await get('/api/activity?limit=1')).items).toHaveLength(1)
  const { items } = ServerList.parse(await get('/api/servers'))
  expect(items).toContainEqual({
    name: version.server,
    description: '',
    created_by: 'local',
    created_at: expect.any(String),
    tools: 1,
    stopped: null,
  })
})

test.each(['0', '501', 'x', '-1', '', '1.5'])('a limit of "%s" is refused', async (limit) => {
  for (const list of ['executions', 'activity'])
    expect(await refused(`/api/${list}?limit=${limit}`)).toEqual([400, 'invalid_request'])
})

test('a state that is none is refused', async () => {
  expect(await refused('/api/approvals?state=maybe')).toEqual([400, 'invalid_request'])
})

test('a secret goes in, is used, is listed by name, and never comes out', async () => {
  const { version } = await draftedTool(within)
  const path = `/api/servers/${version.server}/secrets`
  const put = (value: unknown) => as(`${path}/API_KEY`, { method: 'PUT', body: { value } })
  expect((await put('first')).status).toBe(204)
  expect((await put('top-secret')).status).toBe(204)
  const names = [...(await stores.secrets.values(version.toolId, ['API_KEY' as never]))]
  expect(names).toEqual([['API_KEY', 'top-secret']])
  const listed = await (await as(path)).text()
  expect(SecretList.parse(JSON.parse(listed)).items).toMatchObject([
    { name: 'API_KEY', has_value: true, created_by: 'admin:alice', updated_by: 'admin:alice' },
  ])
  const told = listed + (await (await as('/api/activity')).text()) + admin.lines.join('')
  expect(told).toContain(`${version.server}/API_KEY`)
  expect(told).not.toContain('top-secret')
  const remove = { method: 'DELETE' }
  expect((await as(`${path}/API_KEY`, remove)).status).toBe(204)
  expect(await refused(`${path}/API_KEY`, remove)).toEqual([404, 'secret_unknown'])
  expect(await get(path)).toEqual({ items: [], next: null })
})

test.each<[string, unknown]>([
  ['empty', ''],
  ['shorter than four characters', '123'],
  ['three characters and white space', ' 123\n'],
  ['a number', 7],
  ['too long', 'x'.repeat(10_001)],
])('a secret that is %s is refused', async (_what, value) => {
  const { version } = await draftedTool(within)
  const path = `/api/servers/${version.server}/secrets/API_KEY`
  expect(await refused(path, { method: 'PUT', body: { value } })).toEqual([400, 'invalid_request'])
})

test('secrets of a server that is not there, or under a wrong name, are refused', async () => {
  const put = { method: 'PUT', body: { value: 'xxxx' } }
  for (const server of [freshName(), 'No-Server', '%00'])
    expect(await refused(`/api/servers/${server}/secrets/A`, put)).toEqual([404, 'server_unknown'])
  const { version } = await draftedTool(within)
  for (const name of ['api_key', 'A-B', '%00'])
    expect(await refused(`/api/servers/${version.server}/secrets/${name}`, put)).toEqual([
      400,
      'invalid_request',
    ])
})
