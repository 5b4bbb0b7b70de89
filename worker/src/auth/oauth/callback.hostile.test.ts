import type { z } from 'zod'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { Browser, locationOf } from '../../../testing/browser.ts'
import { IDP, OAUTH_BINDINGS } from '../../../testing/oauth-bindings.ts'
import {
  approved,
  exchange,
  registered,
  signedIn,
  visit,
  type Client,
  type Tokens,
} from '../../../testing/oauth-client.ts'
import { kv, WORKER } from '../../../testing/oauth-worker.ts'
import type { Login } from '../../../testing/oidc-login.ts'
import { setMood } from '../../../testing/outside.ts'
import { errorAt, refusalIn } from '../../../testing/refusals.ts'

let client: Client
let sub: string
beforeEach(async () => {
  client = await registered()
  sub = crypto.randomUUID()
})

describe('the state', () => {
  test('that was made up is refused', async () => {
    const browser = new Browser()
    await approved(client, browser)
    for (const state of ['made-up', ''])
      expect(await refusalIn(await browser.open(`${WORKER}/callback?code=x&state=${state}`))).toBe(
        'page 400 invalid_request',
      )
    expect(await refusalIn(await browser.open(`${WORKER}/callback?code=x`))).toBe(
      'page 400 invalid_request',
    )
  })

  test('is good in the browser that was sent away alone', async () => {
    const back = await signedIn(await approved(client, new Browser()), { sub })
    expect(await refusalIn(await new Browser().open(back))).toBe('page 400 invalid_request')
  })

  test('is good once', async () => {
    const browser = new Browser()
    const back = await signedIn(await approved(client, browser), { sub })
    expect(locationOf(await browser.open(back)).searchParams.has('code')).toBe(true)
    expect(await refusalIn(await browser.open(back))).toBe('page 400 invalid_request')
  })

  test('of one sign-in does not go with the code of another', async () => {
    const attacker = await signedIn(await approved(client, new Browser()), { sub: 'attacker' })
    const browser = new Browser()
    const back = await signedIn(await approved(client, browser), { sub })
    back.searchParams.set('code', attacker.searchParams.get('code') ?? '')
    expect(errorAt(locationOf(await browser.open(back)))).toBe('access_denied')
  })
})

describe('somebody who comes back', () => {
  const comeBack = async (change: (back: URL) => void) => {
    const browser = new Browser()
    const back = await signedIn(await approved(client, browser), { sub })
    change(back)
    return locationOf(await browser.open(back))
  }

  test('without a code is sent on without one', async () => {
    expect(errorAt(await comeBack((back) => back.searchParams.delete('code')))).toBe(
      'access_denied',
    )
  })

  test('from another provider is not believed', async () => {
    const from = (issuer: string) => comeBack((back) => back.searchParams.set('iss', issuer))
    expect(errorAt(await from('https://evil.test'))).toBe('access_denied')
    expect((await from(IDP)).searchParams.has('code')).toBe(true)
  })
})

const now = () => Math.floor(Date.now() / 1000)

describe('an ID token', () => {
  test.each<[string, Partial<z.input<typeof Login>>]>([
    ['signed by nobody', { signature: 'nobody' }],
    ['signed with the client’s secret (HS256)', { signature: 'client_secret' }],
    ['signed by somebody else under the same key id', { signature: 'somebody_else' }],
    ['of another issuer', { claims: { iss: 'https://evil.test' } }],
    ['of the issuer with a slash more', { claims: { iss: `${IDP}/` } }],
    ['without an issuer', { claims: { iss: null } }],
    ['for another client', { claims: { aud: 'another' } }],
    ['for others besides', { claims: { aud: [OAUTH_BINDINGS.OIDC_CLIENT_ID, 'another'] } }],
    ['for nobody', { claims: { aud: null } }],
    ['made for another party', { claims: { azp: 'another' } }],
    ['with another nonce', { claims: { nonce: 'another' } }],
    ['without a nonce', { claims: { nonce: null } }],
    ['that has expired', { claims: { exp: now() - 60 } }],
    ['without an end', { claims: { exp: null } }],
    ['without a beginning', { claims: { iat: null } }],
    ['that is not valid yet', { claims: { nbf: now() + 600 } }],
    ['with an address that is not verified', { claims: { email_verified: false } }],
    ['that does not say whether the address is verified', { claims: { email_verified: null } }],
    ['with an address verified in words', { claims: { email_verified: 'true' } }],
    ['without an address', { claims: { email: null } }],
    ['with something else for an address', { claims: { email: 'root' } }],
    ['of nobody', { claims: { sub: null } }],
    ['of somebody with an empty name', { claims: { sub: '' } }],
    ['of somebody with an invisible name', { claims: { sub: 'root\u200b' } }],
  ])('%s gives nobody anything', async (_what, login) => {
    expect(errorAt(await visit(client, { sub, ...login }))).toBe('access_denied')
  })
})

test('somebody whose name holds a colon is only themselves', async () => {
  const back = await visit(client, { sub: `a:b:${sub}`, claims: { email: 'a@example.com' } })
  const response = await exchange(client, back.searchParams.get('code') ?? '')
  expect(response.status).toBe(200)
})

describe('an identity provider', () => {
  test('that fails is said to be away', async () => {
    await setMood(sub, 'failing')
    expect(errorAt(await visit(client, { sub }))).toBe('temporarily_unavailable')
  })

  test('that answers nonsense is said to be out of order, without its words', async () => {
    await setMood(sub, 'confused')
    const back = await visit(client, { sub })
    expect(errorAt(back)).toBe('server_error')
    expect(back.href).not.toContain('Hello')
  })
})

test('neither the person nor anything secret can be read in what is kept', async () => {
  await visit(client, { sub })
  const { keys } = await kv.list({ prefix: 'grant:' })
  const texts = await Promise.all(keys.map(({ name }) => kv.get(name)))
  expect(texts.join()).toContain(client.clientId)
  expect(keys.map(({ name }) => name).join() + texts.join()).not.toContain(sub)
})

test('nothing secret is logged, whether somebody comes in or not', async () => {
  const log = vi.spyOn(console, 'log')
  const secrets: string[] = [client.verifier, OAUTH_BINDINGS.OIDC_CLIENT_SECRET]
  for (const login of [{ sub }, { sub, claims: { exp: now() - 60 } }]) {
    const browser = new Browser()
    const at = await approved(client, browser)
    const back = await signedIn(at, login)
    const done = locationOf(await browser.open(back))
    const response = await exchange(client, done.searchParams.get('code') ?? '')
    const tokens = await response.json<Partial<Tokens>>()
    for (const { searchParams } of [at, back, done])
      secrets.push(...['state', 'nonce', 'code'].flatMap((name) => searchParams.getAll(name)))
    secrets.push(...[tokens.access_token ?? [], tokens.refresh_token ?? []].flat())
  }
  const lines = log.mock.calls.join('\n')
  expect(lines).toContain('"event":"signed_in"')
  expect(lines).toContain('"event":"sign_in_failed"')
  for (const secret of secrets) expect(lines).not.toContain(secret)
})
