import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test } from 'vitest'
import { OAUTH_BINDINGS } from '../../../testing/oauth-bindings.ts'
import {
  authorizationUrl,
  connected,
  json,
  REDIRECT,
  refresh,
  registered,
} from '../../../testing/oauth-client.ts'
import { kv, WORKER } from '../../../testing/oauth-worker.ts'
import { refusalIn } from '../../../testing/refusals.ts'
import { readConfig } from '../../config.ts'
import { signInBudget } from '../../rate/sign-in-budget.ts'
import { OAuthAuthenticator } from './oauth-authenticator.ts'

/** The same Worker, at which five sign-ins may begin in a day, and one at once. */
function frugal(): OAuthAuthenticator {
  const read = readConfig({ ...env, ...OAUTH_BINDINGS })
  if (!read.ok || read.config.auth.mode !== 'oauth') throw new Error('Not configured')
  const name = crypto.randomUUID()
  const signIns = signInBudget(() => env.RATE_BUDGETS.getByName(name), 5)
  const keys = { find: () => Promise.reject(new Error('Nobody signs in here')) }
  const renewals = env.UPSTREAM_RENEWALS
  return new OAuthAuthenticator(WORKER, read.config.auth, { keys, renewals, signIns })
}

const registration = () =>
  new Request(
    `${WORKER}/register`,
    json({ redirect_uris: [REDIRECT], token_endpoint_auth_method: 'none' }),
  )

async function served(by: OAuthAuthenticator, request: Request): Promise<Response> {
  const response = await by.serve(request)
  if (response === null) throw new Error('Nothing is served there')
  return response
}

async function keys(): Promise<number> {
  return (await kv.list()).keys.length
}

describe('a stranger cannot use up what KV may write in a day', () => {
  let worker: OAuthAuthenticator
  beforeEach(() => {
    worker = frugal()
  })

  test('by registering clients', async () => {
    expect((await served(worker, registration())).status).toBe(201)
    const before = await keys()
    const refused = await served(worker, registration())
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(21_000)
    expect(await refusalIn(refused)).toBe('429 temporarily_unavailable')
    expect(await keys()).toBe(before)
  })

  test('by asking for consent', async () => {
    const client = await registered()
    const ask = async () => served(worker, new Request(await authorizationUrl(client)))
    expect((await ask()).status).toBe(200)
    const before = await keys()
    const refused = await ask()
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(21_000)
    expect(await refusalIn(refused)).toBe('page 429 temporarily_unavailable')
    expect(await keys()).toBe(before)
  })

  test('and who is signed in stays so meanwhile', async () => {
    const { client, tokens } = await connected({ sub: crypto.randomUUID() })
    await served(worker, registration())
    expect((await served(worker, registration())).status).toBe(429)
    const headers = { authorization: `Bearer ${tokens.access_token}` }
    expect(await worker.identify(new Request(WORKER, { headers }))).toMatchObject({ ok: true })
    expect((await refresh(client, tokens.refresh_token)).status).toBe(200)
  })

  test('and what is refused anyway costs nothing', async () => {
    const client = await registered()
    const url = await authorizationUrl(client, { scope: 'admin' })
    expect((await served(worker, new Request(url))).status).toBe(400)
    expect((await served(worker, registration())).status).toBe(201)
  })
})

test('the Worker that is configured has one such budget', async () => {
  await registered()
  const stored = await runInDurableObject(
    env.RATE_BUDGETS.getByName('sign-ins'),
    (_object, { storage }) => [...storage.kv.list()].map(([key]) => key),
  )
  expect(stored).toEqual(['bucket'])
})
