import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Endpoint } from '#contract/admin-door/endpoint.ts'
import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import { isJsonObject } from '#contract/json.ts'
import { openAdmin, PASSWORD, SETUP_TOKEN, setUpAdmin, signedInAs } from '../../../testing/admin.ts'
import { openMemory } from '../../../testing/databases.ts'
import { ask, type Asked } from '../../../testing/doors.ts'
import { result, startEngine } from '../../../testing/engines.ts'
import { ScriptedSandbox } from '../../../testing/scripted-sandbox.ts'
import { approvedTool, asked, draftedTool, manifest, redraft } from '../../../testing/tools.ts'
import { openApi } from './openapi.ts'
import { routeOf } from './serve.ts'

/** The admin door against the table of its endpoints. */

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

/** Things to ask for. */
const world = { server: '', tool: '', execution: '', bearer: {} as Record<string, string> }

beforeAll(async () => {
  await stores.settings.set('setup_token', SETUP_TOKEN)
})

async function build() {
  const { version, wire } = await approvedTool(opened, {
    manifest: manifest({ hosts: ['a.example'] }),
  })
  await redraft(within, version, { code: 'def main(): return 2', timeoutMs: 5_000 })
  await result(engine, wire, { city: 'Bern' })
  const [execution] = await stores.executions.recent({ limit: 1 })
  const { bearer } = await signedInAs(door)
  await as('put', `/api/servers/${version.server}/secrets/API_KEY`, { value: 'top-secret' }, bearer)
  Object.assign(world, { server: version.server, tool: version.tool, bearer })
  world.execution = execution?.id ?? ''
}

function as(method: string, path: string, body?: unknown, headers: Asked['headers'] = {}) {
  return ask(door, path, {
    method: method.toUpperCase(),
    headers: { ...world.bearer, ...headers },
    ...(body === undefined ? {} : { body }),
  })
}

/** Changes what a GET of the same path shows. */
async function change(method: string, path: string, body: unknown, part = '') {
  const etag = (await as('get', path)).headers.get('etag') ?? ''
  return as(method, `${path}${part}`, body, { 'if-match': etag })
}

async function waitingApproval() {
  const { tool } = await draftedTool(within)
  return asked(within, tool)
}

/** The one line of the live version. */
async function grant() {
  const [line] = await stores.grants.list({ all: false }, { after: null, limit: 1 })
  return line?.id ?? ''
}

let asks = 0

/** A request for a permission, new each time. */
async function request() {
  const subject = { server: world.server, host: `h${++asks}.example`, justification: 'for a test' }
  const { structuredContent } = await result(engine, 'mcpbox_request_network_access', subject)
  return (structuredContent as { request: string }).request
}

const permit = (value: string) =>
  as('post', '/api/permissions', { server: world.server, kind: 'host', value })

async function permission() {
  return ((await (await permit('b.example')).json()) as { id: string }).id
}

async function link() {
  const made = await as('post', `/api/servers/${world.server}/secrets/API_KEY/links`)
  return new URL(((await made.json()) as { url: string }).url).pathname
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const toolPath = () => `/api/servers/${world.server}/tools/${world.tool}`
const serverPath = () => `/api/servers/${world.server}`
const secretPath = () => `${serverPath()}/secrets/API_KEY`

/** One good request to each endpoint, in the order in which they can be asked. */
const REQUESTS: Record<keyof typeof ENDPOINTS, () => Promise<Response>> = {
  getHealth: () => as('get', '/health'),
  getDetailedHealth: () => as('get', '/health/detail'),
  getLiveness: () => as('get', '/health/live'),
  getReadiness: () => as('get', '/health/ready'),
  getCircuits: () => as('get', '/health/circuits'),
  getServicesHealth: () => as('get', '/health/services'),
  showSetup: () => as('get', '/setup'),
  submitSetup: () => {
    const first = { setup_token: SETUP_TOKEN, username: 'first', password: PASSWORD }
    return as('post', '/setup', String(new URLSearchParams(first)), FORM)
  },
  setUp: async () => {
    await opened.db.execute(`delete from admins`)
    await stores.settings.set('setup_token', SETUP_TOKEN)
    const first = { setup_token: SETUP_TOKEN, username: 'alice', password: PASSWORD }
    const response = await as('post', '/auth/setup', first)
    await build()
    return response
  },
  getSetupStatus: () => as('get', '/auth/status'),
  signIn: () => as('post', '/auth/login', { username: 'alice', password: PASSWORD }),
  resetCircuits: () => as('post', '/health/circuits/reset'),
  getMe: () => as('get', '/auth/me'),
  changePassword: async () => {
    const next = `${PASSWORD} staple`
    const response = await as('post', '/auth/password', { current: PASSWORD, next })
    await as('post', '/auth/password', { current: next, next: PASSWORD })
    return response
  },
  listSignIns: () => as('get', '/api/sign-ins'),
  endSignIn: async () => {
    await signedInAs(door)
    const { items } = (await (await as('get', '/api/sign-ins')).json()) as {
      items: { id: string; current: boolean }[]
    }
    return as('delete', `/api/sign-ins/${items.find(({ current }) => !current)?.id}`)
  },
  listServers: () => as('get', '/api/servers'),
  createServer: () => as('post', '/api/servers', { name: 'made_here' }),
  getServer: () => as('get', serverPath()),
  describeServer: () => change('patch', serverPath(), { description: 'new' }),
  listTools: () => as('get', '/api/tools'),
  getTool: () => as('get', toolPath()),
  listVersions: () => as('get', `${toolPath()}/versions`),
  getVersion: () => as('get', `${toolPath()}/versions/1`),
  listHistory: () => as('get', `${toolPath()}/history`),
  rollBack: () => as('post', `${toolPath()}/versions/1/rollback`),
  diffVersions: () => as('get', `${toolPath()}/versions/2/diff?from=1`),
  listApprovals: () => as('get', '/api/approvals'),
  getApproval: async () => as('get', `/api/approvals/${(await waitingApproval()).id}`),
  decide: async () => {
    const { id, hash } = await waitingApproval()
    return as('post', `/api/approvals/${id}/decision`, { hash, decision: 'approve' })
  },
  decideMany: async () => {
    const { id, hash } = await waitingApproval()
    const decision = { approval: id, hash, decision: 'approve' }
    return as('post', '/api/approvals/decisions', { decisions: [decision, decision] })
  },
  listGrants: () => as('get', '/api/grants'),
  getGrant: async () => as('get', `/api/grants/${await grant()}`),
  expireGrant: async () =>
    change('put', `/api/grants/${await grant()}`, { expires_at: null }, '/expiry'),
  revokeGrant: async () => as('post', `/api/grants/${await grant()}/revocation`, { reason: 'no' }),
  restoreGrant: async () => as('delete', `/api/grants/${await grant()}/revocation`),
  listPermissionRequests: () => as('get', '/api/permission-requests'),
  getPermissionRequest: async () => as('get', `/api/permission-requests/${await request()}`),
  decidePermission: async () =>
    as('post', `/api/permission-requests/${await request()}/decision`, { decision: 'approve' }),
  decidePermissions: async () => {
    const decision = { request: await request(), decision: 'reject', reason: 'no' }
    return as('post', '/api/permission-requests/decisions', { decisions: [decision, decision] })
  },
  grantPermission: () => permit('a.example'),
  listPermissions: () => as('get', '/api/permissions'),
  getPermission: async () => as('get', `/api/permissions/${await permission()}`),
  expirePermission: async () =>
    change('put', `/api/permissions/${await permission()}`, { expires_at: null }, '/expiry'),
  revokePermission: async () =>
    as('post', `/api/permissions/${await permission()}/revocation`, { reason: 'no' }),
  getServerPolicy: () => as('get', `${serverPath()}/approval-policy`),
  changeServerPolicy: () => change('put', `${serverPath()}/approval-policy`, { own: 'pure' }),
  listExecutions: () => as('get', '/api/executions'),
  getExecution: () => as('get', `/api/executions/${world.execution}`),
  listActivity: () => as('get', '/api/activity'),
  streamActivity: () => as('get', '/api/activity/stream'),
  // Without a server behind the door there is no socket to take; activity-feed.test.ts has one.
  openActivitySocket: async () => new Response(null),
  listSecrets: () => as('get', `${serverPath()}/secrets`),
  getSecret: () => as('get', secretPath()),
  setSecret: () => as('put', secretPath(), { value: 'top-secret' }),
  describeSecret: () => change('patch', secretPath(), { description: 'new' }),
  makeSecretLink: () => as('post', `${secretPath()}/links`),
  showSecretLink: async () => as('get', await link()),
  submitSecretLink: async () => as('post', await link(), 'value=top-secret', FORM),
  removeSecret: () => as('delete', secretPath()),
  stopServer: () => as('post', `${serverPath()}/stop`),
  startServer: () => as('post', `${serverPath()}/start`),
  deleteTool: () => as('delete', toolPath()),
  listDeletedTools: () => as('get', '/api/deleted-tools'),
  listDeletedVersions: async () => {
    const { items } = (await (await as('get', '/api/deleted-tools')).json()) as {
      items: { id: string }[]
    }
    return as('get', `/api/deleted-tools/${items[0]?.id}/versions`)
  },
  deleteServer: () => change('delete', serverPath(), undefined),
  listSettings: () => as('get', '/api/settings'),
  getSetting: () => as('get', '/api/settings/log_retention_days'),
  changeSetting: () => change('put', '/api/settings/log_retention_days', { value: 7 }),
  getOpenApi: () => as('get', '/api/openapi.json'),
  signOut: () => as('post', '/auth/logout'),
}

const ANSWERED = Object.entries(REQUESTS).filter(([id]) => id !== 'openActivitySocket')

test.each(ANSWERED)('%s answers as it says', async (id, request) => {
  const endpoint: Endpoint = ENDPOINTS[id as keyof typeof ENDPOINTS]
  const response = await request()
  expect(response.status).toBe(endpoint.status)
  expect(response.headers.has('etag')).toBe(endpoint.etag)
  const type = endpoint.answer === null ? endpoint.type : 'application/json'
  expect(response.headers.get('content-type')?.split(';')[0] ?? null).toBe(type)
  const told = await bodyOf(response)
  // What a schema does not know it leaves out.
  expect(endpoint.answer === null ? told : endpoint.answer.parse(told)).toEqual(told)
})

/** JSON, or nothing; of other types nothing is looked at. */
async function bodyOf(response: Response): Promise<unknown> {
  if (response.headers.get('content-type')?.startsWith('application/json')) return response.json()
  await response.body?.cancel()
  return null
}

test('every route of the door is in the table, and every one of the table is served', () => {
  const served = door.routes
    .filter(({ method, path }) => method !== 'ALL' && !path.startsWith('/internal'))
    .map(({ method, path }) => `${method} ${path}`)
  const described = Object.values(ENDPOINTS).map(
    (endpoint) => `${endpoint.method.toUpperCase()} ${routeOf(endpoint)}`,
  )
  expect([...new Set(served)].toSorted()).toEqual(described.toSorted())
})

test('every endpoint for admins refuses whoever is not signed in', async () => {
  for (const { method, path, access } of Object.values(ENDPOINTS) as Endpoint[]) {
    if (access === 'anyone') continue
    const response = await ask(door, path.replace(/\{\w+\}/g, 'x'), { method })
    expect([path, response.status]).toEqual([path, 401])
  }
})

test('a change that must name what it changes is refused without, and after another change', async () => {
  await setUpAdmin(door, opened)
  Object.assign(world, { server: (await approvedTool(opened)).version.server })
  Object.assign(world, { bearer: (await signedInAs(door)).bearer })
  await as('put', secretPath(), { value: 'top-secret' })
  for (const [method, path, body] of [
    ['patch', serverPath(), { description: 'x' }],
    ['patch', secretPath(), { description: 'x' }],
    ['put', '/api/settings/log_retention_days', { value: 9 }],
  ] as const) {
    const etag = (await as('get', path)).headers.get('etag') ?? ''
    expect((await as(method, path, body)).status).toBe(428)
    expect((await as(method, path, body, { 'if-match': etag })).status).toBe(200)
    expect((await as(method, path, body, { 'if-match': etag })).status).toBe(412)
  }
})

test('the document is valid OpenAPI 3.1, and everything in it that points somewhere arrives', async () => {
  const document = openApi()
  const checked = await new Validator().validate(structuredClone(document))
  expect(checked).toMatchObject({ valid: true })
  const at = (ref: string) =>
    ref
      .replace('#/', '')
      .split('/')
      .reduce<unknown>((node, key) => (isJsonObject(node) ? node[key] : undefined), document)
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref!)
  expect(refs.length).toBeGreaterThan(30)
  expect(refs.filter((ref) => at(ref) === undefined)).toEqual([])
})
