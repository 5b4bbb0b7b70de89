import { afterAll, expect, test } from 'vitest'
import { ApprovalView } from '#contract/admin-api.ts'
import { GrantList, GrantView } from '#contract/admin-door/grants.ts'
import {
  PermissionDecisionsMade,
  PermissionList,
  PermissionRequestList,
  PermissionRequestView,
  PermissionView,
} from '#contract/admin-door/permissions.ts'
import { ServerPolicyView } from '#contract/admin-door/policies.ts'
import { openAdmin, setUpAdmin, signedInAs } from '../../../testing/admin.ts'
import { openMemory } from '../../../testing/databases.ts'
import { refusalOf } from '../../../testing/doors.ts'
import { result, startEngine } from '../../../testing/engines.ts'
import { ScriptedSandbox } from '../../../testing/scripted-sandbox.ts'
import { approvedTool, asked, draftedTool, manifest, redraft } from '../../../testing/tools.ts'

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
const LATER = '2099-01-01T00:00:00.000Z'

const read = async (path: string): Promise<unknown> => (await as(path)).json()
const send = (method: string, path: string, body?: object, headers = {}) =>
  as(path, { method, headers, ...(body === undefined ? {} : { body }) })
async function edit(path: string, part: string, body: object) {
  const etag = (await as(path)).headers.get('etag') ?? ''
  return send('PUT', `${path}${part}`, body, { 'if-match': etag })
}

/** Asks for a host as an agent does. */
async function requested(server: string, host: string): Promise<string> {
  const asking = { server, host, justification: 'for a test' }
  const { structuredContent } = await result(engine, 'mcpbox_request_network_access', asking)
  return (structuredContent as { request: string }).request
}

test('lines of live versions are listed page by page, revoked, restored and ended', async () => {
  const { version } = await approvedTool(opened, {
    manifest: manifest({ hosts: ['a.example', 'b.example'], modules: ['os'] }),
  })
  const path = `/api/grants?server=${version.server}&tool=${version.tool}`
  const first = GrantList.parse(await read(`${path}&limit=2`))
  const rest = GrantList.parse(await read(`${path}&limit=2&cursor=${first.next}`))
  const lines = [...first.items, ...rest.items]
  expect(lines.map(({ kind, value }) => `${kind} ${value}`).toSorted()).toEqual([
    'host a.example',
    'host b.example',
    'module os',
  ])
  const grant = `/api/grants/${lines[0]?.id}`
  const revoked = await send('POST', `${grant}/revocation`, { reason: 'It leaks.' })
  expect(GrantView.parse(await revoked.json())).toMatchObject({
    in_force: false,
    revoked: { by: 'alice', reason: 'It leaks.' },
  })
  const restored = await send('DELETE', `${grant}/revocation`)
  expect(GrantView.parse(await restored.json())).toMatchObject({ in_force: true, revoked: null })
  const ended = await edit(grant, '/expiry', { expires_at: LATER })
  expect(GrantView.parse(await ended.json())).toMatchObject({ in_force: true, expires_at: LATER })
  expect((await send('PUT', `${grant}/expiry`, { expires_at: null })).status).toBe(428)
})

test('lines of versions that are not live any more are listed when they are asked for', async () => {
  const { tool, version } = await approvedTool(opened, {
    manifest: manifest({ hosts: ['a.example'] }),
  })
  await redraft(within, version, { manifest: manifest() })
  const { id, hash } = await asked(within, tool)
  await send('POST', `/api/approvals/${id}/decision`, { hash, decision: 'approve' })
  const path = `/api/grants?server=${version.server}`
  expect(GrantList.parse(await read(path)).items).toEqual([])
  expect(GrantList.parse(await read(`${path}&versions=all`)).items).toMatchObject([
    { state: 'archived', version: 1 },
  ])
})

test('a request for approval says of each line how it is live and whether it stands permitted', async () => {
  const { tool, version } = await approvedTool(opened, {
    manifest: manifest({ hosts: ['a.example'] }),
  })
  await send('POST', '/api/permissions', {
    server: version.server,
    kind: 'host',
    value: 'b.example',
    expires_at: LATER,
  })
  await redraft(within, version, {
    manifest: manifest({ hosts: ['a.example', 'b.example'], secrets: ['KEY@a.example'] }),
  })
  const { id } = await asked(within, tool)
  const approval = ApprovalView.parse(await read(`/api/approvals/${id}`))
  expect(approval.lines).toEqual([
    {
      kind: 'host',
      value: 'a.example',
      live: { in_force: true, expires_at: null, revoked: null },
      permitted: null,
    },
    {
      kind: 'host',
      value: 'b.example',
      live: null,
      permitted: { by: 'alice', expires_at: LATER },
    },
    { kind: 'secret', value: 'KEY@a.example', live: null, permitted: null },
  ])
})

test('a decision may grant lines for a time, of the version only and to come', async () => {
  const { tool, version } = await draftedTool(within, {
    manifest: manifest({ hosts: ['a.example'] }),
  })
  const { id, hash } = await asked(within, tool)
  const line = { kind: 'host', value: 'a.example', expires_at: LATER }
  const decide = (expiries: object[]) =>
    send('POST', `/api/approvals/${id}/decision`, { hash, decision: 'approve', expiries })
  expect(await refusalOf(await decide([{ ...line, value: 'b.example' }]))).toEqual([
    400,
    'invalid_request',
  ])
  const past = { ...line, expires_at: '2020-01-01T00:00:00Z' }
  expect(await refusalOf(await decide([past]))).toEqual([400, 'expiry_past'])
  expect((await decide([line])).status).toBe(200)
  const { items } = GrantList.parse(await read(`/api/grants?server=${version.server}`))
  expect(items).toMatchObject([{ value: 'a.example', expires_at: LATER }])
})

test('requests for permissions are listed, and decided one by one and many at once', async () => {
  const { version } = await draftedTool(within)
  const ids = []
  for (const host of ['a.example', 'b.example', 'c.example'])
    ids.push(await requested(version.server, host))
  const waiting = PermissionRequestList.parse(await read('/api/permission-requests?state=waiting'))
  expect(waiting.items.map(({ id }) => id)).toEqual(ids)
  const [one, other, third] = ids
  const approved = await send('POST', `/api/permission-requests/${one}/decision`, {
    decision: 'approve',
    expires_at: LATER,
  })
  expect(PermissionRequestView.parse(await approved.json())).toMatchObject({
    state: 'approved',
    decided_by: 'alice',
  })
  const decisions = [
    { request: one, decision: 'approve' },
    { request: other, decision: 'reject', reason: 'no' },
    { request: other, decision: 'approve' },
    { request: third, decision: 'reject' },
    { request: crypto.randomUUID(), decision: 'approve' },
  ]
  const made = await send('POST', '/api/permission-requests/decisions', { decisions })
  const { items } = PermissionDecisionsMade.parse(await made.json())
  expect(items.map(({ decided, problem }) => decided?.state ?? problem?.code)).toEqual([
    'request_decided',
    'rejected',
    'request_decided',
    'reason_required',
    'request_unknown',
  ])
  const { items: standing } = PermissionList.parse(
    await read(`/api/permissions?server=${version.server}`),
  )
  expect(standing).toMatchObject([
    { value: 'a.example', tool: null, granted_by: 'alice', expires_at: LATER, in_force: true },
  ])
})

test('a request for a package comes with what is known of it, or that nothing is', async () => {
  const { version } = await draftedTool(within)
  const asking = { server: version.server, package: 'one==1.0', justification: 'x' }
  const { structuredContent } = await result(engine, 'mcpbox_request_module', asking)
  const { request } = structuredContent as { request: string }
  const shown = PermissionRequestView.parse(await read(`/api/permission-requests/${request}`))
  expect(shown.package_facts).toMatchObject({ name: 'one', version: '1.0' })
})

test('a permission is granted unasked, revoked, granted again and ended', async () => {
  const { version } = await draftedTool(within)
  const subject = { server: version.server, tool: version.tool, kind: 'module', value: 'os' }
  const granted = await send('POST', '/api/permissions', subject)
  expect(granted.status).toBe(201)
  const { id } = PermissionView.parse(await granted.json())
  const revoked = await send('POST', `/api/permissions/${id}/revocation`, { reason: 'no' })
  expect(PermissionView.parse(await revoked.json())).toMatchObject({
    in_force: false,
    revoked: { by: 'alice', reason: 'no' },
  })
  const again = PermissionView.parse(await (await send('POST', '/api/permissions', subject)).json())
  expect(again).toMatchObject({ id, in_force: true, revoked: null })
  const ended = await edit(`/api/permissions/${id}`, '/expiry', { expires_at: LATER })
  expect(PermissionView.parse(await ended.json()).expires_at).toBe(LATER)
})

test.each<[string, object]>([
  ['a scheme', { kind: 'host', value: 'https://a.example' }],
  ['capitals', { kind: 'host', value: 'A.example' }],
  ['a wildcard of everything', { kind: 'host', value: '*' }],
  ['a module that is none', { kind: 'module', value: 'sys-x' }],
  ['a range of a package', { kind: 'package', value: 'pyyaml>=6' }],
  ['an option of pip', { kind: 'package', value: '--index-url' }],
  ['a secret', { kind: 'secret', value: 'API_KEY' }],
  ['nothing', { kind: 'host', value: '' }],
  ['more than it has', { kind: 'host', value: 'a.example', revoked: null }],
  ['a time that is none', { kind: 'host', value: 'a.example', expires_at: 'tomorrow' }],
])('a permission with %s is refused', async (_what, line) => {
  const { version } = await draftedTool(within)
  const response = await send('POST', '/api/permissions', { server: version.server, ...line })
  expect(await refusalOf(response)).toEqual([400, 'invalid_request'])
})

test('a permission for a module that is a package, or for what is over, or for nobody, is refused', async () => {
  const { version } = await draftedTool(within)
  const host = { server: version.server, kind: 'host', value: 'a.example' }
  const refused = []
  for (const body of [
    { ...host, kind: 'module', value: 'yaml' },
    { ...host, expires_at: '2020-01-01T00:00:00Z' },
    { ...host, server: 'nowhere' },
    { ...host, tool: 'nothing' },
  ])
    refused.push((await refusalOf(await send('POST', '/api/permissions', body)))[1])
  expect(refused).toEqual(['package_refused', 'expiry_past', 'server_unknown', 'tool_unknown'])
})

test.each([' ', '', 'a\0b', '\ud800', 'x'.repeat(2_001)])(
  'nothing is revoked for the reason %j',
  async (reason) => {
    const { version } = await approvedTool(opened, {
      manifest: manifest({ hosts: ['a.example'] }),
    })
    const { items } = GrantList.parse(await read(`/api/grants?server=${version.server}`))
    const path = `/api/grants/${items[0]?.id}/revocation`
    expect((await refusalOf(await send('POST', path, { reason })))[0]).toBe(400)
    expect((await stores.grants.grant(items[0]?.id ?? ''))?.revoked).toBeNull()
  },
)

test.each([
  ['GET', '/api/grants/x', 'grant_unknown'],
  ['DELETE', `/api/grants/${crypto.randomUUID()}/revocation`, 'grant_unknown'],
  ['GET', '/api/permissions/x', 'permission_unknown'],
  ['GET', `/api/permission-requests/${crypto.randomUUID()}`, 'request_unknown'],
  ['GET', '/api/servers/nowhere/approval-policy', 'server_unknown'],
])('%s %s is of nothing', async (method, path, code) => {
  expect(await refusalOf(await send(method, path))).toEqual([404, code])
})

test('a server has the policy of all, or one of its own', async () => {
  const { version } = await draftedTool(within)
  const path = `/api/servers/${version.server}/approval-policy`
  const shown = async () => ServerPolicyView.parse(await read(path))
  expect(await shown()).toEqual({ own: null, in_force: 'ask' })
  await edit('/api/settings/approval_policy', '', { value: 'pure' })
  expect(await shown()).toEqual({ own: null, in_force: 'pure' })
  await edit(path, '', { own: 'shrinking' })
  expect(await shown()).toEqual({ own: 'shrinking', in_force: 'shrinking' })
  await edit(path, '', { own: null })
  await edit('/api/settings/approval_policy', '', { value: null })
  expect(await shown()).toEqual({ own: null, in_force: 'ask' })
})

test.each<[string, string, object]>([
  ['a policy that there is not', '/api/settings/approval_policy', { value: 'always' }],
  ['a number for a policy', '/api/settings/approval_policy', { value: 30 }],
  ['a policy for days', '/api/settings/log_retention_days', { value: 'pure' }],
])('%s is refused', async (_what, path, body) => {
  expect(await refusalOf(await edit(path, '', body))).toEqual([400, 'invalid_request'])
})
