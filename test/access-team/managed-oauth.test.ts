import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startLocalAccess, type LocalAccess } from './local-access.ts'

const CALLBACK = 'https://claude.ai/api/mcp/auth_callback'
const VERIFIER = 'v'.repeat(43)

let access: LocalAccess
let application: URL

beforeAll(async () => {
  access = await startLocalAccess()
  application = (await access.protectedFront()).url
})
afterAll(() => access[Symbol.asyncDispose]())
beforeEach(() => access.people.admit({ sub: 'ada', email: 'ada@example.com', emailVerified: true }))

const endpoint = (name: string) => `${access.issuer}/cdn-cgi/access/oauth/${name}`

async function register(redirectUri: string) {
  const response = await fetch(endpoint('registration'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_name: 'Claude', redirect_uris: [redirectUri] }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, string> }
}

/** Signs ada in, and gives where her browser is sent; null when it stays. */
async function authorize(more: Record<string, string> = {}): Promise<URL | null> {
  const client_id = more['client_id'] ?? (await register(CALLBACK)).body['client_id'] ?? ''
  const url = new URL(endpoint('authorization'))
  url.search = new URLSearchParams({
    client_id,
    redirect_uri: CALLBACK,
    response_type: 'code',
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
    resource: new URL('/mcp', application).href,
    ...more,
  }).toString()
  const body = new URLSearchParams({ who: 'ada', answer: 'allow' })
  const response = await fetch(url, { method: 'POST', body, redirect: 'manual' })
  const location = response.headers.get('location')
  return location === null ? null : new URL(location)
}

async function exchange(more: Record<string, string> = {}) {
  const client_id = (await register(CALLBACK)).body['client_id'] ?? ''
  const code = (await authorize({ client_id }))?.searchParams.get('code') ?? ''
  const form = {
    grant_type: 'authorization_code',
    code,
    client_id,
    redirect_uri: CALLBACK,
    code_verifier: VERIFIER,
    resource: new URL('/mcp', application).href,
    ...more,
  }
  const response = await fetch(endpoint('token'), {
    method: 'POST',
    body: new URLSearchParams(form),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('registration', () => {
  test.each([
    ['https://claude.ai/api/mcp/auth_callback', 201],
    ['https://claude.com/api/mcp/auth_callback', 201],
    ['https://claude.ai/api/mcp/auth_callback/more', 400],
    ['https://evil.example/callback', 400],
    ['http://localhost:3118/callback', 400],
  ])('for %s is %i', async (uri, status) => {
    expect((await register(uri)).status).toBe(status)
  })

  test('takes any loopback port when the application says so', async () => {
    const redirects = { allowed_uris: ['https://app.example/oauth/*'], anyLoopback: true }
    await using open = await startLocalAccess({ redirects })
    const register = (uri: string) => open.clients.register({ redirect_uris: [uri] }).ok
    expect(register('http://localhost:3118/callback')).toBe(true)
    expect(register('http://127.0.0.1:9/callback')).toBe(true)
    expect(register('https://app.example/oauth/anything')).toBe(true)
    expect(register('http://localhost.evil.example/callback')).toBe(false)
    expect(register('https://app.example/other')).toBe(false)
  })
})

describe('authorization', () => {
  test('brings a code', async () => {
    expect((await authorize())?.searchParams.has('code')).toBe(true)
  })

  test.each([
    ['without a resource', { resource: '' }, 'invalid_target'],
    ['for a resource of nobody', { resource: 'https://other.example/mcp' }, 'invalid_target'],
    ['without PKCE', { code_challenge: '' }, 'invalid_request'],
    ['with plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
  ])('%s does not', async (_what, more, error) => {
    expect((await authorize(more))?.searchParams.get('error')).toBe(error)
  })

  test('sends nobody to an address that the client did not register', async () => {
    expect(await authorize({ redirect_uri: 'https://claude.com/api/mcp/auth_callback' })).toBeNull()
  })
})

describe('the token endpoint', () => {
  test('gives opaque tokens that end after 15 minutes', async () => {
    expect(await exchange()).toMatchObject({
      status: 200,
      body: {
        access_token: expect.stringMatching(/^oauth:/),
        refresh_token: expect.stringMatching(/^oauth:/),
        expires_in: 900,
      },
    })
  })

  test.each([
    [{ resource: '' }, 'invalid_target'],
    [{ code_verifier: 'w'.repeat(43) }, 'invalid_grant'],
    [{ redirect_uri: 'https://claude.com/api/mcp/auth_callback' }, 'invalid_grant'],
    [{ client_id: 'nobody' }, 'invalid_client'],
    [{ grant_type: 'client_credentials' }, 'unsupported_grant_type'],
  ])('refuses %o', async (more, error) => {
    expect((await exchange(more)).body).toEqual({ error })
  })

  test('takes a refresh token once, and not of a person who was taken out', async () => {
    const client_id = (await register(CALLBACK)).body['client_id'] ?? ''
    const code = (await authorize({ client_id }))?.searchParams.get('code') ?? ''
    const first = await exchange({ client_id, code })
    const refresh = (answer: typeof first) =>
      exchange({
        client_id,
        grant_type: 'refresh_token',
        refresh_token: String(answer.body['refresh_token']),
      })
    const second = await refresh(first)
    expect(second.status).toBe(200)
    expect((await refresh(first)).body).toEqual({ error: 'invalid_grant' })
    access.people.revoke('ada')
    expect((await refresh(second)).body).toEqual({ error: 'invalid_grant' })
  })
})
