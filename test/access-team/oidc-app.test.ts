import { createHash } from 'node:crypto'
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startLocalAccess, type LocalAccess } from './local-access.ts'
import type { OidcApp } from './oidc-app.ts'

const REDIRECT = 'https://mcpbox.example/callback'
const ADA = { sub: 'ada', email: 'ada@example.com', emailVerified: true }

let access: LocalAccess
let app: OidcApp

beforeAll(async () => {
  access = await startLocalAccess()
  app = await access.addOidcApp([REDIRECT])
})
afterAll(() => access[Symbol.asyncDispose]())
beforeEach(() => access.people.admit(ADA))

function authorizationUrl(more: Record<string, string> = {}): URL {
  const url = new URL(app.settings.authorizationUrl)
  const asked = {
    response_type: 'code',
    client_id: app.settings.clientId,
    redirect_uri: REDIRECT,
    scope: 'openid email',
    state: 'the state',
    nonce: 'the nonce',
    ...more,
  }
  url.search = new URLSearchParams(asked).toString()
  return url
}

/** Answers the sign-in page, and says where the browser is sent then. */
async function signIn(who: string, answer = 'allow', more = {}): Promise<URLSearchParams> {
  const body = new URLSearchParams({ who, answer })
  const url = authorizationUrl(more)
  const response = await fetch(url, { method: 'POST', body, redirect: 'manual' })
  const location = new URL(response.headers.get('location') ?? '')
  expect(location.href.startsWith(REDIRECT)).toBe(true)
  expect(location.searchParams.get('state')).toBe('the state')
  return location.searchParams
}

async function token(form: Record<string, string>, secret = app.settings.clientSecret) {
  const response = await fetch(app.settings.tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: app.settings.clientId,
      client_secret: secret,
      redirect_uri: REDIRECT,
      ...form,
    }),
  })
  const body = (await response.json()) as Record<string, string>
  return { status: response.status, body }
}

const exchange = (code: string | null, more = {}) =>
  token({ grant_type: 'authorization_code', code: code ?? '', ...more })

async function claimsOf(idToken: string) {
  const keys = (await (await fetch(app.settings.jwksUrl)).json()) as JSONWebKeySet
  const { issuer, clientId: audience } = app.settings
  const { payload } = await jwtVerify(idToken, createLocalJWKSet(keys), { issuer, audience })
  return payload
}

test('its discovery document names the endpoints that it is set up with', async () => {
  const url = `${app.settings.issuer}/.well-known/openid-configuration`
  expect(await (await fetch(url)).json()).toMatchObject({
    issuer: app.settings.issuer,
    authorization_endpoint: app.settings.authorizationUrl,
    token_endpoint: app.settings.tokenUrl,
    jwks_uri: app.settings.jwksUrl,
  })
})

test('a person who signs in is named in a signed token, with the nonce', async () => {
  const { status, body } = await exchange((await signIn('ada')).get('code'))
  expect(status).toBe(200)
  expect(await claimsOf(body['id_token'] ?? '')).toMatchObject({
    sub: 'ada',
    email: 'ada@example.com',
    email_verified: true,
    nonce: 'the nonce',
  })
})

test.each([
  [{ sub: 'bob', email: 'bob@example.com', emailVerified: false }, { email_verified: false }],
  [{ sub: 'cy', email: null, emailVerified: false }, {}],
])('a person is named as they are known: %o', async (person, claims) => {
  access.people.admit(person)
  const { body } = await exchange((await signIn(person.sub)).get('code'))
  const said = await claimsOf(body['id_token'] ?? '')
  expect(said).toMatchObject(claims)
  expect(said['email'] ?? null).toBe(person.email)
  expect('email_verified' in said).toBe(person.email !== null)
})

test('a person who cancels is sent back with access_denied', async () => {
  expect((await signIn('ada', 'deny')).get('error')).toBe('access_denied')
})

test.each([
  ['a client that it does not know', { client_id: 'other' }],
  ['a redirect that it does not know', { redirect_uri: 'https://evil.example/' }],
  ['a request that is not of OpenID Connect', { scope: 'email' }],
])('%s is sent nowhere', async (_what, more) => {
  const response = await fetch(authorizationUrl(more), { redirect: 'manual' })
  expect(response.status).toBe(400)
})

describe('a code', () => {
  test('is good once', async () => {
    const code = (await signIn('ada')).get('code')
    expect((await exchange(code)).status).toBe(200)
    expect((await exchange(code)).body).toEqual({ error: 'invalid_grant' })
  })

  test('is worth nothing without the secret', async () => {
    const code = (await signIn('ada')).get('code') ?? ''
    const answer = await token({ grant_type: 'authorization_code', code }, 'wrong')
    expect(answer).toEqual({ status: 401, body: { error: 'invalid_client' } })
  })

  test('that was asked for with a challenge wants its verifier', async () => {
    const code_verifier = 'v'.repeat(43)
    const code_challenge = createHash('sha256').update(code_verifier).digest('base64url')
    const pkce = { code_challenge, code_challenge_method: 'S256' }
    const first = (await signIn('ada', 'allow', pkce)).get('code')
    expect((await exchange(first)).status).toBe(400)
    const second = (await signIn('ada', 'allow', pkce)).get('code')
    expect((await exchange(second, { code_verifier })).status).toBe(200)
  })
})

test('a refresh token serves until its person is taken out', async () => {
  const { body } = await exchange((await signIn('ada')).get('code'))
  const form = { grant_type: 'refresh_token', refresh_token: body['refresh_token'] ?? '' }
  const renewed = await token(form)
  expect(renewed.status).toBe(200)
  expect(await claimsOf(renewed.body['id_token'] ?? '')).toMatchObject({ sub: 'ada' })
  access.people.revoke('ada')
  expect(await token(form)).toEqual({ status: 400, body: { error: 'invalid_grant' } })
})
