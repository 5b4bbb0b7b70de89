import { SignJWT, UnsecuredJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  accessTeam,
  ISSUER,
  PEOPLE,
  SERVICES,
  type AccessTeam,
  type Claims,
} from '../../testing/access-team.ts'
import { ACCESS_HEADER, AccessAuthenticator } from './access-authenticator.ts'
import { IssuerKeys } from './issuer-keys.ts'

const CERTS = new URL(`${ISSUER}/cdn-cgi/access/certs`)

let team: AccessTeam
let certs: () => Response
let authenticator: AccessAuthenticator
/** What outlives an isolate. */
let kept: string | null
const asked = vi.fn<(url: string) => void>()

beforeEach(async () => {
  team = await accessTeam()
  certs = () => team.certs()
  kept = null
  authenticator = freshIsolate()
  asked.mockClear()
  vi.stubGlobal('fetch', async (url: string | URL) => {
    asked(String(url))
    return certs()
  })
})

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

function freshIsolate(): AccessAuthenticator {
  const memory = {
    read: async () => kept,
    keep(text: string) {
      kept = text
    },
  }
  const keys = new IssuerKeys(CERTS, memory, () => {})
  const audiences = [PEOPLE, SERVICES]
  return new AccessAuthenticator(
    { mode: 'access', issuer: ISSUER, audiences, jwksUrl: CERTS },
    keys,
  )
}

const identify = (headers: Record<string, string>) =>
  authenticator.identify({ headers: new Headers(headers) })
const verify = (token: string) => identify({ [ACCESS_HEADER]: token })
const now = () => Math.floor(Date.now() / 1000)

describe('who may enter', () => {
  test('a person', async () => {
    expect(await verify(await team.person('alice'))).toEqual({
      ok: true,
      principal: { kind: 'user', sub: 'alice', email: 'alice@example.com' },
    })
  })

  test('a service', async () => {
    expect(await verify(await team.service('abc.access'))).toEqual({
      ok: true,
      principal: { kind: 'service', clientId: 'abc.access' },
    })
  })

  test('Access itself, which is nobody in particular', async () => {
    expect(await verify(await team.person('', { sub: '', email: undefined }))).toEqual({
      ok: true,
      principal: { kind: 'anonymous' },
    })
  })

  test('a token whose clock is a little ahead of ours, or just past its end', async () => {
    const ahead = await team.person('alice', { iat: now() + 20, nbf: now() + 20 })
    const past = await team.person('alice', { exp: now() - 20 })
    expect(await verify(ahead)).toMatchObject({ ok: true })
    expect(await verify(past)).toMatchObject({ ok: true })
  })
})

test('a request without a token is told to sign in', async () => {
  expect(await identify({ cookie: 'CF_Authorization=x' })).toMatchObject({
    ok: false,
    problem: { code: 'unauthenticated' },
  })
})

test('a token past its end is told so', async () => {
  const token = await team.person('alice', { exp: now() - 31 })
  expect(await verify(token)).toMatchObject({ ok: false, problem: { code: 'token_expired' } })
})

describe('a token that is not valid here', () => {
  const person = (claims: Claims) => () => team.person('alice', claims)

  test.each<[string, () => string | Promise<string>]>([
    ['of another audience', person({ aud: ['another application'] })],
    ['of no audience', person({ aud: [] })],
    ['of another team', person({ iss: 'https://evil.cloudflareaccess.com' })],
    ['of this team with a slash more', person({ iss: `${ISSUER}/` })],
    ['for all of Access', person({ type: 'org' })],
    ['of no type', person({ type: undefined })],
    ['that is not valid yet', person({ nbf: now() + 60 })],
    ['without an end', person({ exp: undefined })],
    ['without a beginning', person({ iat: undefined })],
    ['of a person without an address', person({ email: undefined })],
    ['of a person and a service at once', person({ common_name: 'abc.access' })],
    ['of nobody with an address', person({ sub: '' })],
    ['of a service with an address', () => team.service('abc', { email: 'a@example.com' })],
    ['that is no token', () => 'x.y.z'],
    ['that is empty', () => ''],
  ])('%s', async (_what, make) => {
    expect(await verify(await make())).toMatchObject({
      ok: false,
      problem: { code: 'token_invalid' },
    })
  })

  const claims = () => ({
    iss: ISSUER,
    aud: [PEOPLE],
    type: 'app',
    sub: 'alice',
    email: 'alice@example.com',
    iat: now(),
    exp: now() + 600,
  })

  test('signed by nobody (alg none)', async () => {
    const token = new UnsecuredJWT(claims()).encode()
    expect(await verify(token)).toMatchObject({ problem: { code: 'token_invalid' } })
  })

  test('signed by somebody else under the same key id', async () => {
    const token = await (await accessTeam()).person('alice')
    expect(await verify(token)).toMatchObject({ problem: { code: 'token_invalid' } })
  })

  test('signed by a key that the team does not have', async () => {
    const token = await (await accessTeam('unknown')).person('alice')
    expect(await verify(token)).toMatchObject({ problem: { code: 'token_invalid' } })
  })

  test('signed with the public key as if it were a shared secret (HS256)', async () => {
    const { keys } = await team.certs().json<{ keys: { n: string }[] }>()
    for (const secret of [JSON.stringify(keys[0]), keys[0]?.n ?? '']) {
      const token = await new SignJWT(claims())
        .setProtectedHeader({ alg: 'HS256', kid: 'current' })
        .sign(new TextEncoder().encode(secret))
      expect(await verify(token)).toMatchObject({ problem: { code: 'token_invalid' } })
    }
  })

  test('with claims changed after it was signed', async () => {
    const [header = '', , signature = ''] = (await team.person('alice')).split('.')
    const forged = btoa(JSON.stringify({ ...claims(), sub: 'root' })).replaceAll('=', '')
    const token = [header, forged, signature].join('.')
    expect(await verify(token)).toMatchObject({ problem: { code: 'token_invalid' } })
  })
})

describe('the keys', () => {
  test('are asked for once in 300 s', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    await verify(await team.person('alice'))
    vi.setSystemTime(Date.now() + 299_000)
    await verify(await team.person('alice'))
    expect(asked.mock.calls).toEqual([[CERTS.href]])
    vi.setSystemTime(Date.now() + 2_000)
    await verify(await team.person('alice'))
    expect(asked).toHaveBeenCalledTimes(2)
  })

  test('that cannot be had are not the fault of the token', async () => {
    certs = () => new Response('down', { status: 500 })
    expect(await verify(await team.person('alice'))).toMatchObject({
      ok: false,
      problem: { code: 'busy' },
    })
  })

  test('are not asked for without end while they cannot be had', async () => {
    certs = () => new Response('down', { status: 500 })
    const token = await team.person('alice')
    for (let n = 0; n < 20; n++) expect(await verify(token)).toMatchObject({ ok: false })
    expect(asked.mock.calls.length).toBeLessThanOrEqual(5)
  })

  test('may be rotated in the middle of everything: a new one is asked for at once', async () => {
    await verify(await team.person('alice'))
    team = await accessTeam('next')
    const people = Array.from({ length: 20 }, (_, n) => `person-${n}`)
    const several = await Promise.all(people.map((sub) => team.person(sub)))
    for (const identified of await Promise.all(several.map(verify)))
      expect(identified).toMatchObject({ ok: true })
  })

  test('are not asked for by every token with an unknown key', async () => {
    const stranger = await accessTeam('unknown')
    for (let n = 0; n < 20; n++) await verify(await stranger.person('mallory'))
    expect(asked.mock.calls.length).toBeLessThanOrEqual(5)
    expect(await verify(await team.person('alice'))).toMatchObject({ ok: true })
  })

  test('serve on, once known, while the issuer cannot be asked', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    await verify(await team.person('alice'))
    certs = () => new Response('down', { status: 503 })
    vi.setSystemTime(Date.now() + 3_600_000)
    expect(await verify(await team.person('alice'))).toMatchObject({ ok: true })
    authenticator = freshIsolate()
    expect(await verify(await team.person('alice'))).toMatchObject({ ok: true })
  })

  test('are not believed for ever', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    await verify(await team.person('alice'))
    certs = () => Response.json({ keys: [] })
    vi.setSystemTime(Date.now() + 25 * 3_600_000)
    for (const isolate of [authenticator, freshIsolate()]) {
      authenticator = isolate
      expect(await verify(await team.person('alice'))).toMatchObject({ problem: { code: 'busy' } })
    }
  })
})
