import type { z } from 'zod'
import { toBase64Url } from '#gateway/wire/base64url.ts'
import { sha256 } from '#gateway/wire/sha256.ts'
import { Browser, handleIn, locationOf, onwardIn } from './browser.ts'
import { MCP, toWorker, WORKER } from './oauth-worker.ts'
import type { Login } from './oidc-login.ts'

export const REDIRECT = 'https://client.test/callback'
export const STATE = 'the client’s own state'

/** An MCP client with a client id, and its secret of PKCE. */
export interface Client {
  clientId: string
  redirectUri: string
  verifier: string
}

export interface Tokens {
  access_token: string
  refresh_token: string
  expires_in: number
  scope: string
  resource: string
}

export const json = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

/** Registers a public client (RFC 7591). */
export async function registered(metadata: Record<string, unknown> = {}): Promise<Client> {
  const body = {
    client_name: 'Tests',
    redirect_uris: [REDIRECT],
    token_endpoint_auth_method: 'none',
    ...metadata,
  }
  const response = await toWorker(`${WORKER}/register`, json(body))
  const { client_id: clientId } = await response.json<{ client_id: string }>()
  return { clientId, redirectUri: body.redirect_uris[0] ?? '', verifier: newVerifier() }
}

export const newVerifier = () => toBase64Url(crypto.getRandomValues(new Uint8Array(32)))

/** The S256 challenge (RFC 7636 §4.2). */
export const s256 = (verifier: string) => sha256(verifier)

/** The address at which an authorization begins; a parameter that is null is left out. */
export async function authorizationUrl(
  client: Client,
  more: Record<string, string | null> = {},
): Promise<URL> {
  const url = new URL(`${WORKER}/authorize`)
  const asked = {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: client.redirectUri,
    scope: 'mcp',
    state: STATE,
    code_challenge: await s256(client.verifier),
    code_challenge_method: 'S256',
    resource: MCP,
    ...more,
  }
  for (const [name, value] of Object.entries(asked))
    if (value !== null) url.searchParams.set(name, value)
  return url
}

/** Goes from the consent page to where the browser is sent to sign in. */
export async function approved(
  client: Client,
  browser: Browser,
  more: Record<string, string> = {},
): Promise<URL> {
  const page = await browser.open(await authorizationUrl(client, more))
  return onwardIn(await browser.answer(await handleIn(page), 'approve'))
}

/** Signs somebody in at the identity provider: where it sends them back to. */
export async function signedIn(at: URL, login: z.input<typeof Login>): Promise<URL> {
  const url = new URL(at)
  url.searchParams.set('login', JSON.stringify(login))
  return locationOf(await fetch(url, { redirect: 'manual' }))
}

/** The whole way of a person, from the client and back to it. */
export async function visit(
  client: Client,
  login: z.input<typeof Login>,
  more: Record<string, string> = {},
): Promise<URL> {
  const browser = new Browser()
  const back = await signedIn(await approved(client, browser, more), login)
  return locationOf(await browser.open(back))
}

/** Asks the token endpoint. */
export function postToken(form: Record<string, string>): Promise<Response> {
  return toWorker(`${WORKER}/token`, { method: 'POST', body: new URLSearchParams(form) })
}

export function exchange(
  client: Client,
  code: string,
  more: Record<string, string> = {},
): Promise<Response> {
  return postToken({
    grant_type: 'authorization_code',
    code,
    client_id: client.clientId,
    redirect_uri: client.redirectUri,
    code_verifier: client.verifier,
    resource: MCP,
    ...more,
  })
}

export function refresh(client: Client, token: string): Promise<Response> {
  const form = { grant_type: 'refresh_token', refresh_token: token, resource: MCP }
  return postToken({ ...form, client_id: client.clientId })
}

/** A client whose person has signed in, with its tokens. */
export async function connected(
  login: z.input<typeof Login>,
): Promise<{ client: Client; tokens: Tokens }> {
  const client = await registered()
  const back = await visit(client, login)
  const response = await exchange(client, back.searchParams.get('code') ?? '')
  return { client, tokens: await response.json<Tokens>() }
}
