import { afterAll, expect, test } from 'vitest'
import { SecretLinkMade, SecretView } from '#contract/admin-door/secrets.ts'
import type { Name, SecretName } from '#contract/names.ts'
import { openAdmin, setUpAdmin, signedInAs } from '../../testing/admin.ts'
import { openMemory, sql } from '../../testing/databases.ts'
import { ask, refusalOf } from '../../testing/doors.ts'
import { result, startEngine } from '../../testing/engines.ts'
import { ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { freshName } from '../../testing/tools.ts'

const opened = await openMemory()
const admin = openAdmin(opened)
const { engine } = startEngine(opened, new ScriptedSandbox())
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await admin[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
})
const { door } = admin
const { db, stores } = opened
await setUpAdmin(door, opened)
const { ask: as } = await signedInAs(door)

/** A secret that an assistant asked for, and a link to it. */
async function asked() {
  const server = freshName()
  await result(engine, 'mcpbox_create_server', { name: server })
  await result(engine, 'mcpbox_create_server_secret', {
    server,
    name: 'API_KEY',
    description: 'From <b>the</b> console',
  })
  const path = `/api/servers/${server}/secrets/API_KEY`
  const made = SecretLinkMade.parse(await (await as(`${path}/links`, { method: 'POST' })).json())
  return { server, path, link: new URL(made.url), expiresAt: made.expires_at }
}

const type = (link: URL, value: string) =>
  ask(door, link.pathname, {
    method: 'POST',
    body: String(new URLSearchParams({ value })),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })

/** What a tool of a server reads. */
async function valueOf(server: Name) {
  const [KEY, name] = ['API_KEY' as SecretName, 'reader' as Name]
  const there = await stores.tools.tool(server, name)
  const serverId = (await stores.tools.serverId(server)) ?? ''
  const id = there?.id ?? (await stores.tools.addTool({ serverId, name, createdBy: 'local' }))
  return (await stores.secrets.values(id, [KEY])).get(KEY)
}

test('an assistant names a secret, and cannot give it a value', async () => {
  const { server, path } = await asked()
  const again = { server, name: 'API_KEY' }
  await expect(result(engine, 'mcpbox_create_server_secret', again)).rejects.toThrow('name_taken')
  for (const field of ['value', 'secret'])
    await expect(
      result(engine, 'mcpbox_create_server_secret', { server, name: 'B', [field]: 'x' }),
    ).rejects.toThrow('invalid_arguments')
  const listed = await result(engine, 'mcpbox_list_server_secrets', { server })
  expect(listed.structuredContent).toEqual({
    secrets: [{ name: 'API_KEY', description: 'From <b>the</b> console', has_value: false }],
  })
  expect(SecretView.parse(await (await as(path)).json())).toMatchObject({
    has_value: false,
    created_by: 'local',
    updated_by: 'local',
  })
})

test('the page behind a link says which secret, has no script, and is kept nowhere', async () => {
  const { server, link } = await asked()
  const page = await ask(door, link.pathname)
  expect(page.status).toBe(200)
  expect(page.headers.get('cache-control')).toBe('no-store')
  expect(page.headers.get('referrer-policy')).toBe('no-referrer')
  expect(page.headers.get('content-security-policy')).toBe(
    "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
  )
  const text = await page.text()
  expect(text).toContain('API_KEY')
  expect(text).toContain(server)
  expect(text).toContain('From &lt;b&gt;the&lt;/b&gt; console')
  expect(text).not.toMatch(/<script|<b>/)
})

test('a link sets the value once; who made it and who used it is known', async () => {
  const { server, path, link } = await asked()
  await ask(door, link.pathname)
  expect((await type(link, 'top-secret')).status).toBe(200)
  expect(await valueOf(server)).toBe('top-secret')
  expect((await type(link, 'another-one')).status).toBe(404)
  expect((await ask(door, link.pathname)).status).toBe(404)
  expect(await valueOf(server)).toBe('top-secret')
  const view = SecretView.parse(await (await as(path)).json())
  expect(view.updated_by).toMatch(/^secret_link:/)
  const about = await stores.activity.page({ subject: `${server}/API_KEY` }, { limit: 9 })
  expect(about).toMatchObject([
    { action: 'secret.set', actor: view.updated_by, address: '127.0.0.1' },
    { action: 'secret.link_made', actor: 'admin:alice' },
    { action: 'secret.created', actor: 'local', client: { name: 'test' } },
  ])
  expect(about[1]?.details).toMatchObject({ link: view.updated_by.replace('secret_link:', '') })
})

test('of two who use a link at once one does', async () => {
  const { link } = await asked()
  const both = await Promise.all([type(link, 'first-value'), type(link, 'second-value')])
  expect(new Set(both.map(({ status }) => status))).toEqual(new Set([200, 404]))
})

test('a value that is not taken uses nothing up', async () => {
  const { server, link } = await asked()
  for (const value of ['', '123', ' 12 ', 'x'.repeat(10_001)])
    expect((await type(link, value)).status).toBe(400)
  expect((await type(link, 'top-secret')).status).toBe(200)
  expect(await valueOf(server)).toBe('top-secret')
})

test('a link is good for half an hour, and not when its secret was removed', async () => {
  const { link, expiresAt } = await asked()
  const left = Date.parse(expiresAt) - Date.now()
  expect(left).toBeGreaterThan(29 * 60_000)
  expect(left).toBeLessThanOrEqual(30 * 60_000)
  await db.execute(sql`update secret_links set expires_at = now() - interval '1 second'`)
  expect((await type(link, 'top-secret')).status).toBe(404)
  const other = await asked()
  await as(other.path, { method: 'DELETE' })
  expect((await type(other.link, 'top-secret')).status).toBe(404)
})

test.each(['x', '%00', '..%2f', 'a'.repeat(5_000), '"><script>'])(
  'a guess, %j, leads nowhere',
  async (guess) => {
    const page = await ask(door, `/secret-links/${encodeURIComponent(guess)}`)
    expect(page.status).toBe(404)
    expect(await page.text()).not.toContain('<script>')
  },
)

test('a link is made for a secret that there is, by an admin', async () => {
  const { server, path } = await asked()
  const post = { method: 'POST' }
  expect(await refusalOf(await as(`/api/servers/${server}/secrets/NONE/links`, post))).toEqual([
    404,
    'secret_unknown',
  ])
  expect((await ask(door, `${path}/links`, post)).status).toBe(401)
})

test('another value keeps the name and its description', async () => {
  const { server, path } = await asked()
  for (const value of ['first-value', 'second-value'])
    expect((await as(path, { method: 'PUT', body: { value } })).status).toBe(204)
  expect(await valueOf(server)).toBe('second-value')
  expect(SecretView.parse(await (await as(path)).json())).toMatchObject({
    description: 'From <b>the</b> console',
    has_value: true,
    created_by: 'local',
    updated_by: 'admin:alice',
  })
})
