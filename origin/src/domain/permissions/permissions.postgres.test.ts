import { afterAll, beforeEach, expect, inject, test } from 'vitest'
import type { JsonObject } from '#contract/json.ts'
import { SecretName } from '#contract/names.ts'
import { openReplicas, sql } from '../../testing/databases.ts'
import { callOf, endOf, LOCAL, problem, result, startEngine } from '../../testing/engines.ts'
import { ended, gate, ok, ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { approvedTool, draftedTool, manifest, newAdmin } from '../../testing/tools.ts'
import { UNSEEN } from '../activity.ts'
import { noteExpired } from '../grants/note-expired.ts'
import type { Version } from '../tools/version.ts'
import { expirePermission, grantPermission, revokePermission } from './change.ts'
import { decidePermission } from './decide.ts'
import type { Subject } from './permission.ts'

const replicas = await openReplicas(inject('postgresUrl'))
const { here, there } = replicas
const { stores, within } = here
const sandbox = new ScriptedSandbox()
const { engine, faults } = startEngine(here, sandbox)
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await replicas[Symbol.asyncDispose]()
})
beforeEach(() => {
  sandbox.asked.length = 0
})
const ada = await newAdmin(stores)
const HOUR_MS = 3_600_000

async function told(name: string, args: JsonObject) {
  return (await result(engine, name, args)).structuredContent as Record<string, string | null>
}

const network = (args: JsonObject) =>
  told('mcpbox_request_network_access', { justification: 'for the weather', ...args })

const decide = (requestId: string, decision: 'approve' | 'reject', reason: string | null = null) =>
  within((s) => decidePermission(s, ada, { requestId, decision, reason, expiresAt: null }, UNSEEN))

const permit = (subject: Subject, expiresAt: Date | null = null) =>
  within((s) => grantPermission(s, ada, subject, expiresAt, UNSEEN))

const host = (
  { server }: Version,
  value: string,
  tool: Version['tool'] | null = null,
): Subject => ({
  server,
  tool,
  kind: 'host',
  value,
})

async function trial({ server, tool }: Version) {
  await result(engine, 'mcpbox_test_code', { server, name: tool, arguments: { city: 'Bern' } })
  const run = sandbox.asked.at(-1)
  if (run === undefined) throw new Error('nothing ran')
  return run.request
}

const HOSTS = manifest({ hosts: ['a.example', 'b.example'], modules: ['os'], secrets: ['API_KEY'] })

test('asking opens a request, and asking again gives the one that is open', async () => {
  const { version } = await draftedTool(within)
  const first = await network({ server: version.server, host: 'a.example' })
  expect(first).toMatchObject({ line: 'host a.example', state: 'waiting', expires_at: null })
  const again = await network({ server: version.server, host: 'A.Example.', justification: 'same' })
  expect(again['request']).toBe(first['request'])
  const forTool = { server: version.server, tool: version.tool, host: 'a.example' }
  expect((await network(forTool))['request']).not.toBe(first['request'])
})

test('what was rejected is refused with the reason, until an admin grants it', async () => {
  const { version } = await draftedTool(within)
  const { request } = await network({ server: version.server, host: 'a.example' })
  await decide(request ?? '', 'reject', 'Too nosy.')
  const asked = { server: version.server, host: 'a.example', justification: 'please' }
  expect(await problem(engine, 'mcpbox_request_network_access', asked)).toEqual({
    code: 'request_rejected',
    message: `${ada.username} rejected host a.example for all tools of "${version.server}": Too nosy. Do without it, or ask them to grant it.`,
  })
  await permit(host(version, 'a.example'))
  expect(await network(asked)).toMatchObject({ state: 'permitted', request: null })
})

test('what is permitted for the server needs no request for one of its tools', async () => {
  const { version } = await draftedTool(within)
  await permit(host(version, 'a.example'), new Date(Date.now() + HOUR_MS))
  const asked = { server: version.server, tool: version.tool, host: 'a.example' }
  expect(await network(asked)).toMatchObject({
    state: 'permitted',
    expires_at: expect.any(String),
    next: 'It is permitted: name it in `hosts` of the draft, then mcpbox_test_code may use it.',
  })
})

test('what was permitted and revoked may be asked again, and the answer says how it ended', async () => {
  const { version } = await draftedTool(within)
  const { id } = await permit(host(version, 'a.example'))
  await within((s) => revokePermission(s, ada, id, 'Not now.', UNSEEN))
  const answer = await network({ server: version.server, host: 'a.example' })
  expect(answer['state']).toBe('waiting')
  expect(answer['next']).toContain(`It was permitted before: ${ada.username} revoked it at`)
})

test.each([
  ['a scheme', 'https://a.example'],
  ['a path', 'a.example/x'],
  ['a user', 'me@a.example'],
  ['a space', 'a example'],
  ['nothing', ''],
  ['a port that is none', 'a.example:99999'],
  ['all of a top-level domain', '*.com'],
])('a host with %s is refused with a sentence', async (_what, written) => {
  const { version } = await draftedTool(within)
  const asked = { server: version.server, host: written, justification: 'x' }
  expect(await problem(engine, 'mcpbox_request_network_access', asked)).toEqual({
    code: 'invalid_arguments',
    message: expect.stringContaining('host: must be a host name or address'),
  })
})

test.each([
  [{ module: 'yaml' }, 'package_refused', 'Name the package that brings it'],
  [{ module: 'os; import sys' }, 'invalid_arguments', 'dotted Python name'],
  [{ module: '--index-url=x' }, 'invalid_arguments', 'dotted Python name'],
  [{ package: 'pyyaml' }, 'package_refused', 'at one exact version'],
  [{ package: 'pyyaml>=6' }, 'invalid_arguments', 'name of a distribution'],
  [{ package: '-r requirements.txt' }, 'invalid_arguments', 'name of a distribution'],
  [{}, 'invalid_arguments', 'name a module or a package, and not both'],
  [{ module: 'os', package: 'pyyaml==6.0.2' }, 'invalid_arguments', 'and not both'],
])('of modules and packages, %j is refused as %s', async (named, code, sentence) => {
  const { version } = await draftedTool(within)
  const asked = { server: version.server, justification: 'x', ...named }
  const refused = await problem(engine, 'mcpbox_request_module', asked)
  expect(refused.code).toBe(code)
  expect(refused.message).toContain(sentence)
})

test('a module and a package are asked for by their one name', async () => {
  const { version } = await draftedTool(within)
  const asked = { server: version.server, justification: 'x' }
  expect(await told('mcpbox_request_module', { ...asked, module: 'os.path' })).toMatchObject({
    line: 'module os.path',
    state: 'waiting',
  })
  const yaml = { ...asked, package: 'PyYAML==6.0.2' }
  expect(await told('mcpbox_request_module', yaml)).toMatchObject({ line: 'package pyyaml==6.0.2' })
})

test('a request for nothing that is there, or for no reason, is refused', async () => {
  const { version } = await draftedTool(within)
  const asked = { server: version.server, host: 'a.example', justification: 'x' }
  const codes = []
  for (const wrong of [{ server: 'nowhere' }, { tool: 'nothing' }, { justification: ' ' }])
    codes.push(
      (await problem(engine, 'mcpbox_request_network_access', { ...asked, ...wrong })).code,
    )
  expect(codes).toEqual(['server_unknown', 'tool_unknown', 'invalid_arguments'])
})

test('beyond a hundred requests of a server that wait, no more are taken', async () => {
  const { version } = await draftedTool(within)
  const { server } = version
  const serverId = (await stores.tools.serverId(server)) ?? ''
  await here.db.execute(
    sql`insert into permission_requests (server_id, kind, value, justification, state, requested_by)
      select ${serverId}, 'host', 'h' || n || '.example', '', 'waiting', 'local' from generate_series(1, 100) n`,
  )
  const one = { server, host: 'one-more.example', justification: 'x' }
  expect(await problem(engine, 'mcpbox_request_network_access', one)).toMatchObject({
    code: 'too_many_requests',
  })
  expect(await network({ server, host: 'h7.example' })).toMatchObject({ state: 'waiting' })
  await here.db.execute(sql`delete from permission_requests where server_id = ${serverId}`)
})

test('what waits is listed, with the versions that wait', async () => {
  const { version } = await draftedTool(within)
  const { request } = await network({ server: version.server, host: 'waits.example' })
  await told('mcpbox_request_publish', { server: version.server, name: version.tool })
  const listed = (await result(engine, 'mcpbox_list_pending_requests')).structuredContent as {
    approvals: { tool: string }[]
    permissions: { id: string; line: string }[]
  }
  expect(listed.permissions).toContainEqual(
    expect.objectContaining({ id: request, line: 'host waits.example', state: 'waiting' }),
  )
  expect(listed.approvals.map(({ tool }) => tool)).toContain(`${version.server}__${version.tool}`)
  const named = { server: version.server, name: version.tool }
  const status = (await result(engine, 'mcpbox_get_tool_status', named)).structuredContent
  expect(status).toMatchObject({ requests: [{ id: request, state: 'waiting' }] })
})

test('a trial gets of its manifest what stands permitted, for its server or for it, and never a secret', async () => {
  const { version } = await draftedTool(within, { manifest: HOSTS })
  const { id } = (await stores.directory.server(version.server)) ?? { id: '' }
  await stores.secrets.set(id, SecretName.parse('API_KEY'), 'top-secret', 'admin:ada')
  expect((await trial(version)).version.manifest).toEqual(manifest())
  await permit(host(version, 'a.example'))
  await permit({ ...host(version, 'os', version.tool), kind: 'module' })
  await permit(host(version, 'unnamed.example'))
  const request = await trial(version)
  expect(request.version.manifest).toEqual(manifest({ hosts: ['a.example'], modules: ['os'] }))
  expect([request.secrets, request.bound_secrets]).toEqual([{}, []])
})

test('what is permitted for one tool, or one server, is for no other', async () => {
  const named = { manifest: manifest({ hosts: ['a.example'] }) }
  const { version } = await draftedTool(within, named)
  const other = await draftedTool(within, named)
  await permit(host(version, 'a.example', version.tool))
  expect((await trial(version)).version.manifest.hosts).toEqual(['a.example'])
  expect((await trial(other.version)).version.manifest.hosts).toEqual([])
})

test('a wildcard permits no name below it: by a name a host may lead into a private network', async () => {
  const named = manifest({ hosts: ['api.a.example', '*.a.example'] })
  const { version } = await draftedTool(within, { manifest: named })
  await permit(host(version, '*.a.example'))
  expect((await trial(version)).version.manifest.hosts).toEqual(['*.a.example'])
})

test('packages are tried all together or not at all', async () => {
  const lock = (name: string) => ({
    name: name as never,
    version: '1.0',
    wheel: `${name}-1.0-py3-none-any.whl`,
    sha256: 'a'.repeat(64),
    imports: [name],
  })
  const { version } = await draftedTool(within, {
    manifest: manifest({ packages: ['one==1.0', 'two==1.0'] }),
    moduleLock: { target: 'cp311 linux x86_64', packages: [lock('one'), lock('two')] },
  })
  const pin = (value: string) => permit({ ...host(version, value), kind: 'package' })
  await pin('one==1.0')
  expect((await trial(version)).version).toMatchObject({ manifest: manifest(), module_lock: null })
  await pin('two==1.0')
  expect((await trial(version)).version).toMatchObject({
    manifest: { packages: ['one==1.0', 'two==1.0'] },
    module_lock: version.moduleLock,
  })
})

test('a trial after a revocation, or after its end, goes without', async () => {
  const { version } = await draftedTool(within, { manifest: HOSTS })
  const { id } = await permit(host(version, 'a.example'))
  await permit(host(version, 'b.example'), new Date(Date.now() + HOUR_MS))
  const { withdrawals } = await trial(version)
  expect(withdrawals).toEqual([{ kind: 'host', value: 'b.example', in_ms: expect.any(Number) }])
  await within((s) => revokePermission(s, ada, id, 'no', UNSEEN))
  await here.db.execute(`update permissions set expires_at = now() - interval '1 second'`)
  expect((await trial(version)).version.manifest.hosts).toEqual([])
})

test('a trial under way loses what is revoked', async () => {
  const { version } = await draftedTool(within, { manifest: HOSTS })
  const { id } = await permit(host(version, 'a.example'))
  const reached = gate()
  const slow = new ScriptedSandbox(reached.script)
  const replica = startEngine(here, slow)
  const withdrawn = Promise.withResolvers<unknown>()
  slow.withdraw = async (_runId, withdrawals) => withdrawn.resolve(withdrawals)
  const named = { server: version.server, name: version.tool }
  const request = callOf('mcpbox_test_code', named)
  await replica.engine.submit(LOCAL, request, 'request-1')
  await reached.reached
  await there.within((s) => revokePermission(s, ada, id, 'no', UNSEEN))
  // The module and the secret, which it never had, are none of its losses.
  expect(await withdrawn.promise).toEqual([{ kind: 'host', value: 'a.example', in_ms: 0 }])
  reached.end(ended(ok('done')))
  await endOf(replica.engine, request.op_id)
  await replica.engine[Symbol.asyncDispose]()
})

test('a permission never widens what a live version may do', async () => {
  const { version, wire } = await approvedTool(here, {
    manifest: manifest({ hosts: ['a.example'] }),
  })
  await permit(host(version, 'b.example'))
  await result(engine, wire, { city: 'Bern' })
  expect(sandbox.asked.at(-1)?.request.version.manifest).toEqual(version.manifest)
})

test('revoking a permission takes nothing from an approved version', async () => {
  const { version, wire } = await approvedTool(here, {
    manifest: manifest({ hosts: ['a.example'] }),
  })
  const { id } = await permit(host(version, 'a.example'))
  await within((s) => revokePermission(s, ada, id, 'no', UNSEEN))
  expect((await result(engine, wire, { city: 'Bern' })).isError).not.toBe(true)
})

test('granting answers the question that waits', async () => {
  const { version } = await draftedTool(within)
  const { request } = await network({ server: version.server, host: 'a.example' })
  await permit(host(version, 'a.example'))
  expect(await stores.permissions.request(request ?? '')).toMatchObject({
    state: 'approved',
    decidedBy: ada.username,
  })
})

test('all that happens to a permission is in the activity', async () => {
  const { version } = await draftedTool(within)
  const { request } = await network({ server: version.server, host: 'a.example' })
  await decide(request ?? '', 'approve')
  const place = await stores.permissions.request(request ?? '')
  const permission = place === null ? null : await stores.permissions.about(place)
  const id = permission?.id ?? ''
  const at = new Date(Date.now() + HOUR_MS)
  await within((s) => expirePermission(s, ada, id, at, UNSEEN))
  await Promise.all([noteExpired(within, at), noteExpired(there.within, at)])
  await within((s) => revokePermission(s, ada, id, 'no', UNSEEN))
  const about = await stores.activity.page({ subject: version.server }, { limit: 10 })
  expect(about.map(({ actor, action }) => `${actor} ${action}`).slice(0, 5)).toEqual([
    `admin:${ada.username} permission.revoked`,
    'housekeeping permission.expired',
    `admin:${ada.username} permission.expiry_set`,
    `admin:${ada.username} permission.granted`,
    'local permission.requested',
  ])
})

test('nothing failed on the way', () => {
  expect(faults).toEqual([])
})
