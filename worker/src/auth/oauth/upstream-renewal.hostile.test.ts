import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test } from 'vitest'
import { modernPost } from '#gateway/testing/posts.ts'
import { OAUTH_BINDINGS } from '../../../testing/oauth-bindings.ts'
import { connected, refresh, type Tokens } from '../../../testing/oauth-client.ts'
import { kv, MCP, toWorker, WORKER } from '../../../testing/oauth-worker.ts'
import { setMood } from '../../../testing/outside.ts'
import { refusalIn } from '../../../testing/refusals.ts'
import { readConfig } from '../../config.ts'
import { IssuerKeys } from '../issuer-keys.ts'
import type { GrantProps } from './identity.ts'
import { OAuthAuthenticator } from './oauth-authenticator.ts'
import { RenewalTurn, type UpstreamRenewals } from './renewal-turn.ts'
import { openGrant, sealGrant } from './sealed-grant.ts'

let sub: string
beforeEach(() => {
  sub = crypto.randomUUID()
})

async function statusWith({ access_token }: Tokens): Promise<number> {
  const { url, method, headers, body } = modernPost(
    'tools/list',
    {},
    { authorization: `Bearer ${access_token}` },
  )
  return (await toWorker(url, { method, headers, body })).status
}

/** The same Worker, of which KV takes no keys that begin with this. */
function failingAt(prefix: string): OAuthAuthenticator {
  const read = readConfig({ ...env, ...OAUTH_BINDINGS })
  if (!read.ok || read.config.auth.mode !== 'oauth') throw new Error('Not configured')
  const failing = new Proxy(kv, {
    get(target, name) {
      if (name !== 'put') return Reflect.get(target, name).bind(target)
      return async (key: string, value: string, options?: KVNamespacePutOptions) => {
        if (key.startsWith(prefix)) throw new Error('KV is away')
        await target.put(key, value, options)
      }
    },
  })
  const { auth } = read.config
  const keys = new IssuerKeys(auth.jwksUrl, { read: async () => null, keep() {} }, () => {})
  const renewals = env.UPSTREAM_RENEWALS
  return new OAuthAuthenticator(
    WORKER,
    { ...auth, kv: failing },
    { keys, renewals, signIns: { take: async () => 0 } },
  )
}

function tokenRequest(clientId: string, refreshToken: string): Request {
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, resource: MCP }
  const body = new URLSearchParams({ ...form, client_id: clientId })
  return new Request(`${WORKER}/token`, { method: 'POST', body })
}

test('two refreshes at once do not sign the person out', async () => {
  const { client, tokens } = await connected({ sub })
  const both = await Promise.all([
    refresh(client, tokens.refresh_token),
    refresh(client, tokens.refresh_token),
  ])
  const outcomes = await Promise.all(
    both.map(async (response) =>
      response.ok ? statusWith(await response.json<Tokens>()) : refusalIn(response),
    ),
  )
  expect(outcomes).toContain(200)
  expect([200, '503 temporarily_unavailable']).toEqual(expect.arrayContaining(outcomes))
})

describe('a failure between the provider’s yes and the saved grant does not end the grant', () => {
  test.each(['grant:', 'token:'])('where KV takes no %s', async (prefix) => {
    const { client, tokens } = await connected({ sub })
    const request = tokenRequest(client.clientId, tokens.refresh_token)
    await expect(failingAt(prefix).serve(request)).rejects.toThrow('KV is away')
    const again = await refresh(client, tokens.refresh_token)
    expect(again.status).toBe(200)
    const next = await again.json<Tokens>()
    expect(await statusWith(next)).toBe(200)
    expect((await refresh(client, next.refresh_token)).status).toBe(200)
  })

  test('and who was removed meanwhile is so at the next refresh', async () => {
    const { client, tokens } = await connected({ sub })
    const request = tokenRequest(client.clientId, tokens.refresh_token)
    await expect(failingAt('grant:').serve(request)).rejects.toThrow('KV is away')
    await setMood(sub, 'removed')
    const next = await (await refresh(client, tokens.refresh_token)).json<Tokens>()
    expect(await refusalIn(await refresh(client, next.refresh_token))).toBe('400 invalid_grant')
  })
})

describe('a turn', () => {
  const token = () => crypto.randomUUID()
  let object: ReturnType<UpstreamRenewals['getByName']>
  const renewals: UpstreamRenewals = {
    getByName(name) {
      object = env.UPSTREAM_RENEWALS.getByName(name)
      return object
    },
  }
  async function begin(of: string): Promise<RenewalTurn> {
    const turn = await RenewalTurn.begin(renewals, of)
    if (!(turn instanceof RenewalTurn)) throw new Error(`No turn: ${turn}`)
    return turn
  }
  const props = (): GrantProps => ({
    identity: { kind: 'user', sub, email: `${sub}@example.com` },
    upstreamRefreshToken: 'the new token',
  })
  const stored = () => runInDurableObject(object, (_object, { storage }) => [...storage.kv.list()])

  test('is one person’s at a time', async () => {
    const mine = token()
    const turn = await begin(mine)
    expect(await RenewalTurn.begin(renewals, mine)).toBe('busy')
    expect(await turn.leave()).toBe(true)
    expect((await begin(mine)).kept).toBeNull()
    expect(await turn.leave()).toBe(false)
  })

  test('outlives its object', async () => {
    const mine = token()
    await begin(mine)
    await evictDurableObject(object)
    expect(await RenewalTurn.begin(renewals, mine)).toBe('busy')
  })

  test('passes on what it did not save, and nothing that it did', async () => {
    const mine = token()
    const turn = await begin(mine)
    await turn.keep(props())
    expect(await RenewalTurn.begin(renewals, mine)).toBe('busy')
    await turn.leave()
    const next = await begin(mine)
    expect(next.kept).toEqual(props())
    await next.saved()
    expect(await RenewalTurn.begin(renewals, mine)).toBe('renewed')
    expect(await stored()).toEqual([['state', { is: 'renewed' }]])
  })

  test('keeps nothing in clear, and nothing for long', async () => {
    const mine = token()
    const turn = await begin(mine)
    await turn.keep(props())
    const [[, state] = []] = await stored()
    const sealed: Uint8Array<ArrayBuffer> = Reflect.get(Object(state), 'sealed')
    const text = JSON.stringify(state) + new TextDecoder().decode(sealed)
    for (const secret of [mine, sub, 'the new token']) expect(text).not.toContain(secret)
    await expect(openGrant(sealed, token())).rejects.toMatchObject({
      name: 'OperationError',
    })
    expect(await openGrant(sealed, mine)).toEqual(props())
    expect(await runDurableObjectAlarm(object)).toBe(true)
    expect(await stored()).toEqual([])
  })
})

test('the same is never sealed alike', async () => {
  const props: GrantProps = { identity: { kind: 'user', sub, email: `${sub}@example.com` } }
  expect(await sealGrant(props, 'a token')).not.toEqual(await sealGrant(props, 'a token'))
})
