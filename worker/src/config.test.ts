import { describe, expect, test } from 'vitest'
import { readConfig } from './config.ts'

const COMMON = {
  PUBLIC_URL: 'https://mcpbox.example.workers.dev',
  ORIGIN_URL: 'https://origin.example.com',
  ORIGIN_ACCESS_CLIENT_ID: 'worker.access',
  ORIGIN_ACCESS_CLIENT_SECRET: 'hush',
  SERVICE_TOKEN: 's'.repeat(32),
  ASSERTION_KEY: 'a'.repeat(32),
  SESSION_KEY: 'k'.repeat(32),
}
const ACCESS = {
  ...COMMON,
  ACCESS_ISSUER: 'https://team.cloudflareaccess.com',
  ACCESS_AUDIENCES: 'people, services,',
}
const OIDC = 'https://team.cloudflareaccess.com/cdn-cgi/access/sso/oidc/client'
const OAUTH = {
  ...COMMON,
  AUTH_MODE: 'oauth',
  OIDC_ISSUER: OIDC,
  OIDC_CLIENT_ID: 'client',
  OIDC_CLIENT_SECRET: 'a secret of the client',
  OIDC_AUTHORIZATION_URL: `${OIDC}/authorization`,
  OIDC_TOKEN_URL: `${OIDC}/token`,
  OIDC_JWKS_URL: `${OIDC}/jwks`,
  OAUTH_KV: { getWithMetadata() {} },
}

test('Access is believed unless another mode is chosen, with its keys where it has them', () => {
  const read = readConfig(ACCESS)
  expect(read).toMatchObject({
    ok: true,
    config: {
      auth: { mode: 'access', audiences: ['people', 'services'] },
      allowedOrigins: [],
      ratePerMinute: 100,
    },
  })
  expect(read.ok && read.config.auth.jwksUrl.href).toBe(
    'https://team.cloudflareaccess.com/cdn-cgi/access/certs',
  )
})

test('as its own authorization server, it issues tokens for hours', () => {
  expect(readConfig(OAUTH)).toMatchObject({
    ok: true,
    config: {
      auth: {
        mode: 'oauth',
        clientId: 'client',
        accessTokenS: 28_800,
        scopes: ['openid', 'email', 'offline_access'],
        emailVerified: 'always',
        kv: OAUTH.OAUTH_KV,
      },
    },
  })
})

test('what is asked of the identity provider, and believed of it, is said in so many words', () => {
  const said = { OIDC_SCOPES: ' openid  email ', OIDC_EMAIL_VERIFIED: 'when_stated' }
  expect(readConfig({ ...OAUTH, ...said })).toMatchObject({
    config: { auth: { scopes: ['openid', 'email'], emailVerified: 'when_stated' } },
  })
  for (const [name, value] of [
    ['OIDC_SCOPES', 'email'],
    ['OIDC_SCOPES', ''],
    ['OIDC_EMAIL_VERIFIED', 'never'],
    ['OIDC_EMAIL_VERIFIED', ''],
    ['OAUTH_ACCESS_TOKEN_S', '59'],
    ['OAUTH_ACCESS_TOKEN_S', '86401'],
  ] as const)
    expect(readConfig({ ...OAUTH, [name]: value })).toEqual({ ok: false, missing: name })
})

test('no other mode is known', () => {
  for (const mode of ['none', '', 'ACCESS', null])
    expect(readConfig({ ...ACCESS, AUTH_MODE: mode })).toEqual({ ok: false, missing: 'AUTH_MODE' })
})

test('a test issuer on this machine may be plain HTTP, with its keys anywhere', () => {
  const local = { ACCESS_ISSUER: 'http://127.0.0.1:9000', ORIGIN_URL: 'http://127.0.0.1:8002' }
  const keys = { ACCESS_JWKS_URL: 'http://localhost:9000/keys' }
  expect(readConfig({ ...ACCESS, ...local, ...keys })).toMatchObject({ ok: true })
})

describe('the way to the origin', () => {
  const { ORIGIN_ACCESS_CLIENT_ID: _id, ORIGIN_ACCESS_CLIENT_SECRET: _secret, ...bare } = ACCESS

  test('is a Workers VPC service where one is bound, whatever its address says', async () => {
    const ORIGIN = { fetch: async (url: URL) => new Response(url.href) }
    const read = readConfig({ ...bare, ORIGIN, ORIGIN_URL: 'http://mcpbox-origin' })
    const response = read.ok && (await read.config.origin.fetch(new URL('http://a/b'), {}))
    expect(response && (await response.text())).toBe('http://a/b')
  })

  test('else a public hostname, which Access must stand before', () => {
    expect(readConfig(bare)).toEqual({ ok: false, missing: 'ORIGIN_ACCESS_CLIENT_ID' })
  })

  test('or this machine, with or without Access before it', () => {
    const local = { ...bare, ORIGIN_URL: 'http://127.0.0.1:8002' }
    expect(readConfig(local)).toMatchObject({ ok: true, config: { origin: { access: null } } })
    const half = { ...local, ORIGIN_ACCESS_CLIENT_ID: 'worker.access' }
    expect(readConfig(half)).toEqual({ ok: false, missing: 'ORIGIN_ACCESS_CLIENT_SECRET' })
    expect(readConfig({ ...half, ORIGIN_ACCESS_CLIENT_SECRET: 'hush' })).toMatchObject({
      config: { origin: { access: { clientId: 'worker.access' } } },
    })
  })

  test('is not anything else that happens to be bound', () => {
    expect(readConfig({ ...bare, ORIGIN: 'https://elsewhere.example' })).toEqual({
      ok: false,
      missing: 'ORIGIN',
    })
  })
})

describe('what is missing or wrong is named', () => {
  const required = [
    ...Object.keys(ACCESS).map((name) => ['access', name, ACCESS] as const),
    ...Object.keys(OAUTH)
      .filter((name) => name !== 'AUTH_MODE')
      .map((name) => ['oauth', name, OAUTH] as const),
  ]
  test.each(required)('%s: %s', (_mode, name, whole) => {
    expect(readConfig({ ...whole, [name]: undefined })).toEqual({ ok: false, missing: name })
    expect(readConfig({ ...whole, [name]: '' })).toEqual({ ok: false, missing: name })
  })

  test.each([
    ['ORIGIN_URL', 'http://origin.example.com'],
    ['PUBLIC_URL', 'https://mcpbox.example.workers.dev/'],
    ['PUBLIC_URL', 'https://mcpbox.example.workers.dev/mcp'],
    ['PUBLIC_URL', 'http://mcpbox.example.workers.dev'],
    ['RATE_LIMIT_PER_MINUTE', '0'],
    ['RATE_LIMIT_PER_MINUTE', 'many'],
    ['ACCESS_ISSUER', 'http://team.cloudflareaccess.com'],
    ['ACCESS_AUDIENCES', ' , '],
    ['SESSION_KEY', 'short'],
  ])('%s = %s', (name, value) => {
    expect(readConfig({ ...ACCESS, [name]: value })).toEqual({ ok: false, missing: name })
  })

  test('secrets that are the same', () => {
    const read = readConfig({ ...ACCESS, ASSERTION_KEY: ACCESS.SERVICE_TOKEN })
    expect(read).toMatchObject({ ok: false, missing: expect.stringContaining('must differ') })
  })

  test('and never told', () => {
    const read = readConfig({ ...ACCESS, SESSION_KEY: 'hunter2' })
    expect(JSON.stringify(read)).not.toContain('hunter2')
  })
})
