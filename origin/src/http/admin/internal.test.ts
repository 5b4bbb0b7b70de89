import { afterAll, expect, test } from 'vitest'
import { WorkerSecrets } from '#contract/admin-api.ts'
import { Deployment, DeploymentRecord, Rotation } from '#contract/deployment.ts'
import { readKeyRing } from '../../domain/tunnel-keys/rotate.ts'
import { DEPLOY_KEY, openAdmin, setUpAdmin, signedInAs, TUNNEL_KEY } from '../../testing/admin.ts'
import { openMemory, sql } from '../../testing/databases.ts'
import { ask, refusalOf, type Asked } from '../../testing/doors.ts'

const opened = await openMemory()
const admin = openAdmin(opened)
afterAll(async () => {
  await admin[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
})
const { door } = admin
await readKeyRing(opened.stores.settings)

const withKey =
  (key: string) =>
  (path: string, asked: Asked = {}) =>
    ask(door, `/internal${path}`, { ...asked, headers: { authorization: `Bearer ${key}` } })
const deploying = withKey(DEPLOY_KEY)
const tunnelling = withKey(TUNNEL_KEY)

const ROUTES: [string, string][] = [
  ['GET', '/worker-secrets'],
  ['GET', '/rotation'],
  ['POST', '/rotation'],
  ['POST', `/rotation/${crypto.randomUUID()}/finish`],
  ['GET', '/deployment'],
  ['PUT', '/deployment'],
  ['GET', '/active-tunnel-token'],
]

test.each(ROUTES)('%s %s is for its own key alone, not for an admin', async (method, path) => {
  if (!(await opened.stores.admins.any())) await setUpAdmin(door, opened)
  const signedIn = await signedInAs(door)
  const other = path === '/active-tunnel-token' ? DEPLOY_KEY : TUNNEL_KEY
  const answers = [
    await ask(door, `/internal${path}`, { method }),
    await signedIn.ask(`/internal${path}`, { method }),
    await ask(door, `/internal${path}`, { method, headers: signedIn.cookie }),
    await withKey(other)(path, { method }),
    await withKey(`${DEPLOY_KEY}x`)(path, { method }),
    await withKey(' ')(path, { method }),
  ]
  for (const answer of answers) expect(await refusalOf(answer)).toEqual([401, 'unauthenticated'])
})

async function begin() {
  const response = await deploying('/rotation', { method: 'POST' })
  expect(response.headers.get('cache-control')).toBe('no-store')
  return Rotation.parse(await response.json())
}
const secrets = async () => WorkerSecrets.parse(await (await deploying('/worker-secrets')).json())
const underWay = async () => (await deploying('/rotation')).json()

test('a rotation is begun once, told while it is under way, and finished once', async () => {
  const before = await secrets()
  expect(await underWay()).toEqual({ rotation: null })
  const rotation = await begin()
  expect(await begin()).toEqual(rotation)
  expect(await underWay()).toEqual({ rotation })
  expect(await secrets()).toEqual(before)
  expect(rotation.secrets.session_key).toBe(before.session_key)
  expect(rotation.secrets.service_token).not.toBe(before.service_token)
  expect(rotation.secrets.assertion_key).not.toBe(before.assertion_key)

  const finish = () => deploying(`/rotation/${rotation.id}/finish`, { method: 'POST' })
  expect((await finish()).status).toBe(204)
  expect((await finish()).status).toBe(204)
  expect(await underWay()).toEqual({ rotation: null })
  expect(await secrets()).toEqual(rotation.secrets)

  const told = await opened.stores.activity.page({ action: 'rotation' }, { limit: 2 })
  const by = { actor: 'deploy-worker', address: '127.0.0.1', requestId: expect.any(String) }
  expect(told).toMatchObject([
    { action: 'rotation.finished', ...by },
    { action: 'rotation.begun', ...by },
  ])
})

test.each([crypto.randomUUID(), 'x', '%00'])('the rotation %s is unknown', async (id) => {
  const before = await secrets()
  await begin()
  const response = await deploying(`/rotation/${id}/finish`, { method: 'POST' })
  expect(await refusalOf(response)).toEqual([409, 'rotation_unknown'])
  expect(await secrets()).toEqual(before)
})

const deployment = async () => Deployment.parse(await (await deploying('/deployment')).json())
const put = (body: unknown) => deploying('/deployment', { method: 'PUT', body })
const tokenNow = async () => (await tunnelling('/active-tunnel-token')).json()

test('the record of a deployment is empty before the first, and kept as it was put', async () => {
  const empty = await deployment()
  expect(empty).toEqual({
    revision: 0,
    record: DeploymentRecord.parse({}),
    tunnel_door: '127.0.0.1:8002',
  })
  expect(await tokenNow()).toEqual({ token: null })
  const record = DeploymentRecord.parse({
    account_id: 'a'.repeat(32),
    making: { kv_namespace: 'mcpbox-oauth' },
    tunnel: { id: 't', name: 'mcpbox', token: 'the-tunnel-token' },
  })
  expect(await (await put({ revision: 0, record })).json()).toEqual({ revision: 1 })
  expect(await deployment()).toEqual({ ...empty, revision: 1, record })
  expect(await tokenNow()).toEqual({ token: 'the-tunnel-token' })
  const rows = await opened.db.execute(sql`select encode(sealed, 'escape') from settings`)
  expect(JSON.stringify(rows)).not.toContain('the-tunnel-token')
  expect(admin.lines.join('')).not.toContain('the-tunnel-token')
})

test('of two that change the same record at once, one is told that it came late', async () => {
  const { revision, record } = await deployment()
  const answers = await Promise.all(
    ['one', 'other'].map((account) =>
      put({ revision, record: { ...record, account_id: account } }),
    ),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  const late = answers.filter(({ status }) => status === 409)
  expect(await Promise.all(late.map(refusalOf))).toEqual([[409, 'deployment_changed']])
})

test.each<[string, unknown]>([
  ['no revision', { record: DeploymentRecord.parse({}) }],
  ['a part that is none', { revision: 0, record: { castle: null } }],
  ['a part without an id', { revision: 0, record: { tunnel: { name: 'x', token: null } } }],
  ['a mode that is none', { revision: 0, record: { wanted: { auth: 'open' } } }],
])('a record with %s is refused', async (_what, body) => {
  expect(await refusalOf(await put(body))).toEqual([400, 'invalid_request'])
})
