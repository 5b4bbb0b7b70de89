import { beforeEach, describe, expect, test } from 'vitest'
import { modernPost } from '#gateway/testing/posts.ts'
import {
  connected,
  exchange,
  newVerifier,
  postToken,
  refresh,
  registered,
  visit,
  type Client,
  type Tokens,
} from '../../../testing/oauth-client.ts'
import { kv, toWorker, WORKER } from '../../../testing/oauth-worker.ts'
import { setMood } from '../../../testing/outside.ts'
import { refusalIn } from '../../../testing/refusals.ts'

let sub: string
beforeEach(() => {
  sub = crypto.randomUUID()
})

async function statusWith(authorization: string): Promise<number> {
  const request = modernPost('tools/list', {}, { authorization })
  const { url, method, headers, body } = request
  return (await toWorker(url, { method, headers, body })).status
}

describe('a code', () => {
  let client: Client
  let code: string
  beforeEach(async () => {
    client = await registered()
    code = (await visit(client, { sub })).searchParams.get('code') ?? ''
  })

  test('is worth nothing without its verifier', async () => {
    const with_ = (verifier: string) => exchange({ ...client, verifier }, code)
    expect(await refusalIn(await with_(newVerifier()))).toBe('400 invalid_grant')
    expect(await refusalIn(await with_(''))).toBe('400 invalid_request')
    expect((await exchange(client, code)).status).toBe(200)
  })

  test('that comes a second time takes everything with it', async () => {
    const tokens = await (await exchange(client, code)).json<Tokens>()
    expect(await statusWith(`Bearer ${tokens.access_token}`)).toBe(200)
    expect(await refusalIn(await exchange(client, code))).toBe('400 invalid_grant')
    expect(await statusWith(`Bearer ${tokens.access_token}`)).toBe(401)
    expect(await refusalIn(await refresh(client, tokens.refresh_token))).toBe('400 invalid_grant')
  })

  test('is of use to its own client alone', async () => {
    const other = await registered()
    expect(await refusalIn(await exchange({ ...client, clientId: other.clientId }, code))).toBe(
      '400 invalid_grant',
    )
  })

  test('is not exchanged for another redirect URI or another resource', async () => {
    const redirect = { redirect_uri: 'https://client.test/other' }
    expect(await refusalIn(await exchange(client, code, redirect))).toBe('400 invalid_grant')
    const resource = { resource: 'https://evil.test/mcp' }
    expect(await refusalIn(await exchange(client, code, resource))).toBe('400 invalid_target')
  })

  test('does not come with less than the scope', async () => {
    const back = await visit(client, { sub }, { scope: 'mcp offline_access' })
    const both = back.searchParams.get('code') ?? ''
    const less = await exchange(client, both, { scope: 'offline_access' })
    expect(await refusalIn(less)).toBe('400 invalid_scope')
    const whole = await exchange(client, both)
    expect(await whole.json()).toMatchObject({ scope: 'mcp offline_access' })
  })

  test('that was made up is refused, however long', async () => {
    for (const made of ['x', 'a:b:c', `a:b:${'x'.repeat(2_000)}`, `${'x'.repeat(2_000)}:b:c`])
      expect(await refusalIn(await exchange(client, made))).toBe('400 invalid_grant')
  })
})

test('a client that is not known is refused, and not registered by the way', async () => {
  const clientId = crypto.randomUUID()
  const form = { grant_type: 'authorization_code', code: 'a:b:c', code_verifier: newVerifier() }
  expect(await refusalIn(await postToken({ ...form, client_id: clientId }))).toBe(
    '401 invalid_client',
  )
  expect(await kv.get(`client:${clientId}`)).toBeNull()
  const long = { ...form, client_id: 'x'.repeat(2_000) }
  expect(await refusalIn(await postToken(long))).toBe('401 invalid_client')
})

test('a client with a secret is nothing without it', async () => {
  const client = await registered({ token_endpoint_auth_method: 'client_secret_post' })
  const code = (await visit(client, { sub })).searchParams.get('code') ?? ''
  expect(await refusalIn(await exchange(client, code))).toBe('401 invalid_client')
  const guessed = { client_secret: 'guessed' }
  expect(await refusalIn(await exchange(client, code, guessed))).toBe('401 invalid_client')
})

test('no other grant is known', async () => {
  const { clientId } = await registered()
  for (const grant of [
    'password',
    'client_credentials',
    'urn:ietf:params:oauth:grant-type:token-exchange',
  ])
    expect(await refusalIn(await postToken({ grant_type: grant, client_id: clientId }))).toBe(
      '400 unsupported_grant_type',
    )
})

test('a body that is no text is refused', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const body = new Uint8Array([0x61, 0x3d, 0xff])
  const response = await toWorker(`${WORKER}/token`, { method: 'POST', headers, body })
  expect(await refusalIn(response)).toBe('400 invalid_request')
})

test('no huge body is read', async () => {
  const body = `grant_type=refresh_token&refresh_token=${'x'.repeat(65 * 1024)}`
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const response = await toWorker(`${WORKER}/token`, { method: 'POST', headers, body })
  expect(await refusalIn(response)).toBe('413 invalid_request')
})

describe('a refresh', () => {
  test('ends everything for somebody who may not sign in any more', async () => {
    const { client, tokens } = await connected({ sub })
    await setMood(sub, 'removed')
    expect(await refusalIn(await refresh(client, tokens.refresh_token))).toBe('400 invalid_grant')
    expect(await statusWith(`Bearer ${tokens.access_token}`)).toBe(401)
    await setMood(sub, 'well')
    expect(await refusalIn(await refresh(client, tokens.refresh_token))).toBe('400 invalid_grant')
  })

  test.each(['failing', 'confused'] as const)(
    'waits while the identity provider is %s',
    async (mood) => {
      const { client, tokens } = await connected({ sub })
      await setMood(sub, mood)
      const response = await refresh(client, tokens.refresh_token)
      expect(response.headers.get('retry-after')).toBe('10')
      expect(await refusalIn(response)).toBe('503 temporarily_unavailable')
      await setMood(sub, 'well')
      expect((await refresh(client, tokens.refresh_token)).status).toBe(200)
    },
  )

  test('of somebody else’s client is refused', async () => {
    const { tokens } = await connected({ sub })
    expect(await refusalIn(await refresh(await registered(), tokens.refresh_token))).toBe(
      '400 invalid_grant',
    )
  })

  test.each([
    ['another person', { sub: 'somebody else' }],
    ['somebody whose address is not verified', { email_verified: false }],
    ['somebody for another client', { aud: 'another' }],
  ])('never makes of a person %s', async (_what, claimsLater) => {
    const { client, tokens } = await connected({ sub, claimsLater })
    const response = await refresh(client, tokens.refresh_token)
    expect(await refusalIn(response)).toBe('503 temporarily_unavailable')
  })

  test('does not make a grant longer that nobody can be asked about', async () => {
    const { client, tokens } = await connected({ sub, givesRefreshToken: false })
    const [grant] = await grantsOf(tokens)
    const day = Math.floor(Date.now() / 1000) + 86_400
    expect(Math.abs((grant?.expiration ?? 0) - day)).toBeLessThan(60)
    const next = await (await refresh(client, tokens.refresh_token)).json<Tokens>()
    const [after] = await grantsOf(next)
    expect(after?.expiration).toBe(grant?.expiration)
  })
})

async function grantsOf(tokens: Tokens): Promise<KVNamespaceListKey<unknown>[]> {
  const [user, grant] = tokens.access_token.split(':')
  return (await kv.list({ prefix: `grant:${user}:${grant}` })).keys
}

describe('an access token', () => {
  let tokens: Tokens
  beforeEach(async () => {
    ;({ tokens } = await connected({ sub }))
  })

  async function change(by: Record<string, unknown>): Promise<void> {
    const [user, grant] = tokens.access_token.split(':')
    const { keys } = await kv.list({ prefix: `token:${user}:${grant}:` })
    for (const { name } of keys) {
      const token = await kv.get<object>(name, 'json')
      await kv.put(name, JSON.stringify({ ...token, ...by }))
    }
  }

  test.each([
    ['of another resource', { audience: 'https://evil.test/mcp' }],
    ['of this host, but not of MCP', { audience: WORKER }],
    ['that has expired', { expiresAt: Math.floor(Date.now() / 1000) - 1 }],
    ['without the scope', { scope: ['offline_access'] }],
  ])('%s is refused', async (_what, by) => {
    const bearer = `Bearer ${tokens.access_token}`
    expect(await statusWith(bearer)).toBe(200)
    await change(by)
    expect(await statusWith(bearer)).toBe(401)
  })

  test.each([
    [
      'another secret',
      (token: string) => `Bearer ${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
    ],
    ['another scheme', (token: string) => `Basic ${token}`],
    ['two tokens', (token: string) => `Bearer ${token}, Bearer ${token}`],
    ['nothing', () => 'Bearer '],
    ['a token of endless length', (token: string) => `Bearer ${token}${'x'.repeat(5_000)}`],
    ['a token of another making', () => 'Bearer eyJhbGciOiJub25lIn0.e30.'],
  ])('with %s is refused', async (_what, header) => {
    expect(await statusWith(header(tokens.access_token))).toBe(401)
  })

  test('is not taken from the query', async () => {
    const { method, headers, body } = modernPost('tools/list')
    const url = `${WORKER}/mcp?access_token=${tokens.access_token}`
    expect((await toWorker(url, { method, headers, body })).status).toBe(401)
  })

  test('is no refresh token, and the other way round', async () => {
    expect(await statusWith(`Bearer ${tokens.refresh_token}`)).toBe(401)
    const { clientId } = await registered()
    const client = { clientId, redirectUri: '', verifier: '' }
    expect(await refusalIn(await refresh(client, tokens.access_token))).toBe('400 invalid_grant')
  })
})
