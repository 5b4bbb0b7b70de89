import { SignJWT } from 'jose'
import { afterAll, afterEach, expect, inject, test, vi } from 'vitest'
import { ProblemBody } from '#contract/problem.ts'
import { freshDatabase, openReplica, sql } from '../../testing/databases.ts'
import {
  BEARER_KEY,
  openAdmin,
  PASSWORD,
  SETUP_TOKEN,
  setUpAdmin,
  signedInAs,
} from '../../testing/admin.ts'
import { ask, refusalOf } from '../../testing/doors.ts'

const database = await freshDatabase(inject('postgresUrl'))
const opened = await openReplica(database.url)
const admin = openAdmin(opened)
afterAll(async () => {
  await admin[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})
afterEach(() => {
  vi.useRealTimers()
})
const { door } = admin
const { db, stores } = opened

const status = async () => (await ask(door, '/auth/status')).json()
const setUp = (body: object) => ask(door, '/auth/setup', { method: 'POST', body })
const login = (body: object, from = '10.0.0.1') =>
  ask(door, '/auth/login', { method: 'POST', body, from })
const first = { setup_token: SETUP_TOKEN, username: 'alice', password: PASSWORD }

test('the first admin is made with the set-up token, once, whoever of two at once it is', async () => {
  await stores.settings.set('setup_token', SETUP_TOKEN)
  expect(await status()).toEqual({ setup_required: true })
  expect(await refusalOf(await setUp({ ...first, setup_token: 'guess' }))).toEqual([
    403,
    'setup_token_invalid',
  ])
  expect(await refusalOf(await setUp({ ...first, password: 'short' }))).toEqual([
    400,
    'invalid_request',
  ])
  const both = await Promise.all([setUp(first), setUp({ ...first, username: 'mallory' })])
  expect(both.filter((response) => response.status === 201)).toHaveLength(1)
  const late = both.find((response) => response.status !== 201)
  expect(late && (await refusalOf(late))).toEqual([409, 'setup_done'])
  expect(await status()).toEqual({ setup_required: false })
  expect(await refusalOf(await setUp({ ...first, username: 'third' }))).toEqual([409, 'setup_done'])
  await db.execute(sql`delete from sign_ins`)
  await db.execute(sql`delete from admins`)
  await setUpAdmin(door, opened)
})

test('signing in gives a cookie that scripts cannot read and a bearer for scripts', async () => {
  const { setCookie, bearer, cookie } = await signedInAs(door)
  expect(setCookie).toMatch(/^mcpbox_sign_in=[\w-]{43}; Path=\/; .*HttpOnly; SameSite=Strict$/)
  for (const headers of [bearer, cookie])
    expect(await (await ask(door, '/auth/me', { headers })).json()).toEqual({ username: 'alice' })
})

test('neither the password nor the cookie is kept in clear', async () => {
  const { cookie } = await signedInAs(door)
  const kept = JSON.stringify([
    await db.execute(sql`select * from admins`),
    await db.execute(sql`select * from sign_ins`),
  ])
  expect(kept).toContain('$argon2id$v=19$m=19456,t=2,p=1$')
  expect(kept).not.toContain(PASSWORD)
  expect(kept).not.toContain(cookie.cookie.split('=')[1])
  expect(admin.lines.join('')).not.toContain(PASSWORD)
})

test('a wrong name and a wrong password are told alike', async () => {
  const wrongName = await login({ username: 'bob', password: PASSWORD })
  const wrongPassword = await login({ username: 'alice', password: 'guess' })
  const told = async (response: Response) => ProblemBody.parse(await response.json())
  const expected = { code: 'sign_in_failed', detail: 'The user name or the password is wrong.' }
  expect(await told(wrongName)).toMatchObject(expected)
  expect(await told(wrongPassword)).toMatchObject(expected)
  expect(wrongName.headers.get('set-cookie')).toBeNull()
})

test('after five failures an address must wait, whatever it sends; another one need not', async () => {
  const guess = { username: 'alice', password: 'guess' }
  for (let n = 0; n < 5; n++)
    expect(await refusalOf(await login(guess, '10.0.0.5'))).toEqual([401, 'sign_in_failed'])
  const right = { username: 'alice', password: PASSWORD }
  expect(await refusalOf(await login(right, '10.0.0.5'))).toEqual([429, 'too_many_attempts'])
  expect((await login(right, '10.0.0.6')).status).toBe(200)
  await db.execute(sql`update sign_in_failures set at = at - interval '61 seconds'`)
  expect((await login(right, '10.0.0.5')).status).toBe(200)
})

test('twenty guesses at once are not more than five', async () => {
  const guesses = await Promise.all(
    Array.from({ length: 20 }, () => login({ username: 'alice', password: 'x' }, '10.0.0.9')),
  )
  const heard = guesses.filter((response) => response.status === 401)
  expect(heard.length).toBeLessThanOrEqual(5)
})

test('right passwords do not count as failures', async () => {
  for (let n = 0; n < 7; n++)
    expect((await login({ username: 'alice', password: PASSWORD }, '10.0.0.8')).status).toBe(200)
})

test('a cookie changes something only for our own pages', async () => {
  const { cookie } = await signedInAs(door)
  const logout = (headers: Record<string, string>) =>
    ask(door, '/auth/logout', { method: 'POST', headers })
  const foreign = [
    { cookie: cookie.cookie },
    { ...cookie, origin: 'null' },
    { ...cookie, origin: 'http://evil.example' },
    { ...cookie, origin: 'http://localhost:8080' },
    { ...cookie, origin: 'http://localhost:3000.evil.example' },
  ]
  for (const headers of foreign)
    expect(await refusalOf(await logout(headers))).toEqual([403, 'origin_not_allowed'])
  expect((await ask(door, '/auth/me', { headers: { cookie: cookie.cookie } })).status).toBe(200)
  expect((await logout(cookie)).status).toBe(204)
})

test.each(['cookie', 'bearer'] as const)('signing out by %s ends both at once', async (by) => {
  const keys = await signedInAs(door)
  const other = await signedInAs(door)
  expect((await ask(door, '/auth/logout', { method: 'POST', headers: keys[by] })).status).toBe(204)
  for (const headers of [keys.cookie, keys.bearer])
    expect(await refusalOf(await ask(door, '/auth/me', { headers }))).toEqual([
      401,
      'unauthenticated',
    ])
  expect((await ask(door, '/auth/me', { headers: other.bearer })).status).toBe(200)
})

test('a bearer is good for a quarter of an hour', async () => {
  const { bearer } = await signedInAs(door)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 899_000 })
  expect((await ask(door, '/auth/me', { headers: bearer })).status).toBe(200)
  vi.setSystemTime(Date.now() + 2_000)
  expect(await refusalOf(await ask(door, '/auth/me', { headers: bearer }))).toEqual([
    401,
    'token_expired',
  ])
})

test('a sign-in ends after a week', async () => {
  const { cookie } = await signedInAs(door)
  await db.execute(sql`update sign_ins set expires_at = expires_at - interval '7 days'`)
  expect(await refusalOf(await ask(door, '/auth/me', { headers: cookie }))).toEqual([
    401,
    'unauthenticated',
  ])
})

test('a bearer that was not made here is refused', async () => {
  const { bearer } = await signedInAs(door)
  const token = bearer.authorization.slice(7)
  const [head, claims = '', signature] = token.split('.')
  const payload = JSON.parse(Buffer.from(claims, 'base64url').toString())
  const key = new TextEncoder().encode(BEARER_KEY)
  const signed = (claim: object, alg = 'HS256', by = key) =>
    new SignJWT({ ...payload, ...claim }).setProtectedHeader({ alg }).sign(by)
  const none = Buffer.from('{"alg":"none"}').toString('base64url')
  for (const forged of [
    'x',
    `${none}.${claims}.`,
    `${head}.${claims}.AAAA`,
    `${head}.${claims.slice(0, -2)}.${signature}`,
    await signed({}, 'HS256', new TextEncoder().encode('x'.repeat(40))),
    await signed({ iss: 'mcpbox-worker' }),
    await signed({ sid: undefined }),
    await signed({ exp: undefined }),
    await signed({}, 'HS512', new TextEncoder().encode(BEARER_KEY.repeat(2))),
  ]) {
    const headers = { authorization: `Bearer ${forged}` }
    expect(await refusalOf(await ask(door, '/auth/me', { headers }))).toEqual([
      401,
      'token_invalid',
    ])
  }
})

test('without a sign-in nothing of /api is told', async () => {
  const headers = [{}, { cookie: 'mcpbox_sign_in=guess' }, { authorization: 'Basic YTpi' }]
  for (const path of [
    '/api/approvals',
    '/api/executions',
    '/api/activity',
    '/api/servers',
    '/auth/me',
  ])
    for (const sent of headers)
      expect(await refusalOf(await ask(door, path, { headers: sent }))).toEqual([
        401,
        'unauthenticated',
      ])
})

test('sign-ins, failed ones and ends are in the activity', async () => {
  const before = await stores.activity.newest()
  await login({ username: 'alice', password: 'guess' }, '10.0.1.1')
  const keys = await signedInAs(door)
  await ask(door, '/auth/logout', { method: 'POST', headers: keys.bearer })
  expect(
    await stores.activity.between(
      {},
      { after: before, upTo: await stores.activity.newest(), limit: 5 },
    ),
  ).toMatchObject([
    { actor: 'nobody', action: 'admin.sign_in_failed', subject: 'alice', address: '10.0.1.1' },
    { actor: 'admin:alice', action: 'admin.signed_in', address: '127.0.0.1' },
    { actor: 'admin:alice', action: 'admin.signed_out', requestId: expect.any(String) },
  ])
})
