import { afterAll, expect, test } from 'vitest'
import { SignInList } from '#contract/admin-door/sign-ins.ts'
import { openAdmin, PASSWORD, setUpAdmin, signedInAs } from '../../../testing/admin.ts'
import { openMemory } from '../../../testing/databases.ts'
import { ask, refusalOf, type Asked } from '../../../testing/doors.ts'

const opened = await openMemory()
const admin = openAdmin(opened)
afterAll(async () => {
  await admin[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
})
const { door } = admin
const { stores } = opened
await setUpAdmin(door, opened)

test('a password is changed by who knows it; all other sign-ins end, this one stays', async () => {
  const [own, other] = [await signedInAs(door), await signedInAs(door)]
  const next = 'another correct horse'
  const change = (body: object, from = '10.0.2.1'): Promise<Response> =>
    own.ask('/auth/password', { method: 'POST', body, from })
  expect(await refusalOf(await change({ current: 'guess', next }))).toEqual([403, 'password_wrong'])
  expect(await refusalOf(await change({ current: PASSWORD, next: 'short' }))).toEqual([
    400,
    'invalid_request',
  ])
  expect((await change({ current: PASSWORD, next })).status).toBe(204)
  expect((await own.ask('/auth/me')).status).toBe(200)
  expect((await other.ask('/auth/me')).status).toBe(401)
  const login = (password: string): Asked => ({
    method: 'POST',
    body: { username: 'alice', password },
    from: '10.0.2.2',
  })
  expect((await ask(door, '/auth/login', login(PASSWORD))).status).toBe(401)
  expect((await ask(door, '/auth/login', login(next))).status).toBe(200)
  expect((await change({ current: next, next: PASSWORD })).status).toBe(204)
  const about = await stores.activity.page({ action: 'admin.password_changed' }, { limit: 1 })
  expect(about).toMatchObject([{ actor: 'admin:alice', address: '10.0.2.1' }])
})

test('guesses at the current password are counted like those at the door', async () => {
  const own = await signedInAs(door)
  const guess = { current: 'guess', next: 'another correct horse' }
  const sent = { method: 'POST', body: guess, from: '10.0.2.9' }
  for (let n = 0; n < 5; n++) expect((await own.ask('/auth/password', sent)).status).toBe(403)
  const right = { ...sent, body: { ...guess, current: PASSWORD } }
  expect(await refusalOf(await own.ask('/auth/password', right))).toEqual([
    429,
    'too_many_attempts',
  ])
})

test('an admin sees their own sign-ins, with what and from where, and ends them', async () => {
  const headers = { 'user-agent': 'phone/7.1' }
  const body = { username: 'alice', password: PASSWORD }
  const login = { method: 'POST', body, headers, from: '10.0.2.7' }
  const { access_token: bearer } = (await (await ask(door, '/auth/login', login)).json()) as {
    access_token: string
  }
  const own = await signedInAs(door)
  const list = async () => SignInList.parse(await (await own.ask('/api/sign-ins')).json()).items
  const signIns = await list()
  expect(signIns.filter(({ current }) => current)).toHaveLength(1)
  const phone = signIns.find(({ client }) => client?.name === 'phone')
  expect(phone).toMatchObject({ address: '10.0.2.7', client: { version: '7.1' }, current: false })
  const end = { method: 'DELETE' }
  expect((await own.ask(`/api/sign-ins/${phone?.id}`, end)).status).toBe(204)
  const asPhone = { headers: { authorization: `Bearer ${bearer}` } }
  expect((await ask(door, '/auth/me', asPhone)).status).toBe(401)
  expect(await refusalOf(await own.ask(`/api/sign-ins/${phone?.id}`, end))).toEqual([
    404,
    'not_found',
  ])
  expect((await list()).length).toBe(signIns.length - 1)
})
