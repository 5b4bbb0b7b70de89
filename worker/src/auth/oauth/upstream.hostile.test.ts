import { GrantType, type TokenExchangeCallbackOptions } from '@cloudflare/workers-oauth-provider'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test } from 'vitest'
import { OAUTH_BINDINGS } from '../../../testing/oauth-bindings.ts'
import { signedIn } from '../../../testing/oauth-client.ts'
import { kv, WORKER } from '../../../testing/oauth-worker.ts'
import { setMood } from '../../../testing/outside.ts'
import { readConfig } from '../../config.ts'
import { IssuerKeys } from '../issuer-keys.ts'
import type { OAuthSettings } from '../oauth-settings.ts'
import { grantStorage } from './grant-storage.ts'
import type { GrantProps, Identity } from './identity.ts'
import { RenewedLately } from './renewed-lately.ts'
import { newSignInAttempt } from './sign-in-attempt.ts'
import { TokenPolicy } from './token-policy.ts'
import { Upstream, type SignIn } from './upstream.ts'

let sub: string
let identity: Identity
beforeEach(() => {
  sub = crypto.randomUUID()
  identity = { kind: 'user', sub, email: `${sub}@example.com` }
})

function settingsWith(more: Record<string, string> = {}): OAuthSettings {
  const read = readConfig({ ...env, ...OAUTH_BINDINGS, ...more })
  if (!read.ok || read.config.auth.mode !== 'oauth') throw new Error('Not configured')
  return read.config.auth
}

function upstream(settings = settingsWith(), answerMs?: number): Upstream {
  const keys = new IssuerKeys(settings.jwksUrl, { read: async () => null, keep() {} }, () => {})
  return new Upstream(settings, keys, `${WORKER}/callback`, answerMs)
}

async function signIn(to: Upstream, claims: Record<string, unknown> = {}): Promise<SignIn> {
  const attempt = newSignInAttempt()
  const back = await signedIn(new URL(await to.signInUrl('state', attempt)), { sub, claims })
  return to.signIn(back.searchParams.get('code') ?? '', attempt)
}

async function refreshTokenOf(signedIn: SignIn): Promise<string> {
  if (!signedIn.ok || signedIn.refreshToken === null) throw new Error('Not signed in')
  return signedIn.refreshToken
}

describe('an identity provider that never answers', () => {
  const PATIENCE_MS = 50

  test('keeps nobody waiting who signs in', async () => {
    await setMood(sub, 'silent')
    expect(await signIn(upstream(settingsWith(), PATIENCE_MS))).toMatchObject({
      ok: false,
      failure: { code: 'temporarily_unavailable', reason: 'TimeoutError' },
    })
  })

  test('ends no grant', async () => {
    const token = await refreshTokenOf(await signIn(upstream()))
    await setMood(sub, 'silent')
    const renewal = await upstream(settingsWith(), PATIENCE_MS).renew(token, identity)
    expect(renewal).toMatchObject({ ok: false, hasEnded: false })
  })
})

describe('an identity provider that does not know this Worker', () => {
  const stranger = () => upstream(settingsWith({ OIDC_CLIENT_SECRET: 'an old secret' }))

  test('lets nobody in', async () => {
    expect(await signIn(stranger())).toMatchObject({
      ok: false,
      failure: { code: 'server_error', reason: 'status_401 invalid_client' },
    })
  })

  test('ends no grant', async () => {
    const token = await refreshTokenOf(await signIn(upstream()))
    expect(await stranger().renew(token, identity)).toMatchObject({ ok: false, hasEnded: false })
  })
})

test('while its keys cannot be had, nobody comes in, and a grant goes on as it was', async () => {
  const away = settingsWith({ OIDC_JWKS_URL: 'https://nowhere.test/jwks' })
  expect(await signIn(upstream(away))).toMatchObject({
    ok: false,
    failure: { code: 'temporarily_unavailable', reason: 'keys_unavailable' },
  })
  const token = await refreshTokenOf(await signIn(upstream()))
  expect(await upstream(away).renew(token, identity)).toMatchObject({ ok: true, identity })
})

describe('an address of which nothing is said', () => {
  const trusting = () => upstream(settingsWith({ OIDC_EMAIL_VERIFIED: 'when_stated' }))

  test('is taken where it is configured that all are verified', async () => {
    expect(await signIn(trusting(), { email_verified: null })).toMatchObject({ ok: true, identity })
  })

  test.each([false, 'true', 1])('is never one of which %s is said', async (email_verified) => {
    expect(await signIn(trusting(), { email_verified })).toMatchObject({
      ok: false,
      failure: { code: 'access_denied', reason: 'email_verified' },
    })
  })
})

describe('two refreshes with one upstream token', () => {
  function asked(upstreamRefreshToken: string): TokenExchangeCallbackOptions<unknown> {
    const props: GrantProps = { identity, upstreamRefreshToken }
    const of = { clientId: 'c', subjectClientId: 'c', userId: 'u', grantId: 'g', env: {} }
    const scope = { scope: ['mcp'], requestedScope: ['mcp'], resource: `${WORKER}/mcp` }
    return { grantType: GrantType.REFRESH_TOKEN, props, ...of, ...scope }
  }
  const policy = () => new TokenPolicy(upstream(), new RenewedLately(grantStorage(kv)))

  test('do not end the grant that the first one has renewed', async () => {
    const token = await refreshTokenOf(await signIn(upstream()))
    await policy().apply(asked(token))
    await expect(policy().apply(asked(token))).rejects.toMatchObject({
      code: 'temporarily_unavailable',
    })
  })

  test('but one that nobody has renewed ends', async () => {
    await expect(policy().apply(asked('used up long ago'))).rejects.toMatchObject({
      code: 'invalid_grant',
    })
  })

  test('and what an access token carries never holds it', async () => {
    const token = await refreshTokenOf(await signIn(upstream()))
    const { accessTokenProps } = await policy().apply(asked(token))
    expect(accessTokenProps).toEqual({ identity })
  })
})
