import { afterAll, expect, inject, test } from 'vitest'
import { openAdmin, PASSWORD, SETUP_TOKEN, setUpAdmin, signedInAs } from '../../testing/admin.ts'
import { freshDatabase, openReplica, sql } from '../../testing/databases.ts'
import { ask, endless, refusalOf } from '../../testing/doors.ts'

const database = await freshDatabase(inject('postgresUrl'))
const opened = await openReplica(database.url)
const admin = openAdmin(opened)
afterAll(async () => {
  await database[Symbol.asyncDispose]()
})
const { door } = admin
const { db, stores } = opened
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const form = (body: unknown, headers: Record<string, string> = FORM) =>
  ask(door, '/setup', { method: 'POST', body, headers })

test('the set-up page shows a token as text, never as a page of its own', async () => {
  const attack = '"><script>alert(1)</script>'
  const pages = [
    await ask(door, `/setup?token=${encodeURIComponent(attack)}`),
    await form(String(new URLSearchParams({ setup_token: attack, username: attack }))),
  ]
  for (const page of pages) {
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(await page.text()).not.toContain('<script>')
  }
})

test('a form with a wrong token makes no admin and says why', async () => {
  await stores.settings.set('setup_token', SETUP_TOKEN)
  const guess = { setup_token: 'guess', username: 'mallory', password: PASSWORD }
  const response = await form(String(new URLSearchParams(guess)))
  expect(response.status).toBe(403)
  expect(await response.text()).toContain('This set-up link is not the one')
  expect(await stores.admins.any()).toBe(false)
})

test.each<[string, unknown, Record<string, string>]>([
  ['nothing', '', FORM],
  ['JSON', '{"setup_token":"x"}', { 'content-type': 'application/json' }],
  ['a broken multipart', '--x\r\nnonsense', { 'content-type': 'multipart/form-data; boundary=x' }],
  ['bytes', new Uint8Array([0xff, 0, 0xfe]), FORM],
])('a form that is %s is shown again', async (_what, body, headers) => {
  const response = await form(body, headers)
  expect(response.status).toBe(400)
  expect(await response.text()).toContain('username:')
})

test('a form that is too long is refused', async () => {
  expect(await refusalOf(await form(endless(1_000_001)))).toEqual([413, 'body_too_large'])
})

test('the form makes the first admin', async () => {
  const right = { setup_token: SETUP_TOKEN, username: 'alice', password: PASSWORD }
  expect((await form(String(new URLSearchParams(right)))).status).toBe(201)
  await db.execute(sql`delete from admins`)
  await setUpAdmin(door, opened)
})

test.each(['a\0b', '\ud800', '../alice', "' or 1=1 --", 'ALICE', '', 'alice '])(
  'nobody signs in as %j',
  async (username) => {
    const body = JSON.stringify({ username, password: PASSWORD })
    const from = `10.1.0.${username.length}`
    expect(await refusalOf(await ask(door, '/auth/login', { method: 'POST', body, from }))).toEqual(
      [401, 'sign_in_failed'],
    )
  },
)

test.each<[string, object | string, string, [number, string]]>([
  ['no JSON', '{', 'application/json', [400, 'malformed_json']],
  ['a form', 'username=a', 'application/x-www-form-urlencoded', [415, 'unsupported_media_type']],
  ['text, as another site can send it', '{}', 'text/plain', [415, 'unsupported_media_type']],
  ['no password', { username: 'alice' }, 'application/json', [400, 'invalid_request']],
  [
    'a long password',
    { username: 'a', password: 'x'.repeat(201) },
    'application/json',
    [400, 'invalid_request'],
  ],
])('a sign-in with %s is refused', async (_what, body, type, expected) => {
  const headers = { 'content-type': type }
  expect(
    await refusalOf(await ask(door, '/auth/login', { method: 'POST', body, headers })),
  ).toEqual(expected)
})

test('a body that nobody said the length of is refused when it grows too long', async () => {
  const sent = { method: 'POST', body: endless(1_000_001) }
  expect(await refusalOf(await ask(door, '/auth/login', sent))).toEqual([413, 'body_too_large'])
})

test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io', '0.0.0.0'])(
  'the door does not answer to the name %s',
  async (host) => {
    for (const path of ['/auth/status', '/setup', '/api/approvals', '/internal/worker-secrets'])
      expect(await refusalOf(await ask(door, path, { host }))).toEqual([403, 'host_not_allowed'])
  },
)

test('another site’s page is refused, though it asks from this machine', async () => {
  const { bearer } = await signedInAs(door)
  const headers = { ...bearer, origin: 'http://evil.example' }
  expect(await refusalOf(await ask(door, '/api/approvals', { headers }))).toEqual([
    403,
    'origin_not_allowed',
  ])
})

test('whatever fails inside is told as one sentence, and logged whole', async () => {
  const { ask: as } = await signedInAs(door)
  await db.execute(sql`alter table approvals rename column notes to remarks`)
  const response = await as('/api/approvals')
  expect(await refusalOf(response.clone())).toEqual([500, 'internal'])
  expect(await response.text()).not.toMatch(/column|notes/i)
  expect(admin.lines.at(-2)).toMatch(/"msg":"fault"/)
})

test('a database that is gone is a 503 with a time to come back, and its address is not told', async () => {
  const { ask: as } = await signedInAs(door)
  await admin[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
  const response = await as('/api/servers')
  expect(await refusalOf(response.clone())).toEqual([503, 'database_unreachable'])
  expect(response.headers.get('retry-after')).toBe('5')
  expect(await response.text()).not.toMatch(/pool|connect|127\.0\.0\.1/i)
  expect(admin.lines.at(-2)).toMatch(/"msg":"fault"/)
})
