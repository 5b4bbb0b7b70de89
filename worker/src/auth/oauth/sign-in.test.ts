import { beforeEach, describe, expect, test } from 'vitest'
import { answerOf } from '#gateway/testing/answers.ts'
import { initialize, modernPost, post } from '#gateway/testing/posts.ts'
import { Browser, handleIn, locationOf, onwardIn } from '../../../testing/browser.ts'
import {
  authorizationUrl,
  connected,
  exchange,
  json,
  newVerifier,
  postToken,
  REDIRECT,
  refresh,
  registered,
  signedIn,
  STATE,
  visit,
  type Client,
  type Tokens,
} from '../../../testing/oauth-client.ts'
import { MCP, toWorker, WORKER } from '../../../testing/oauth-worker.ts'
import { seenOf, serveDocument } from '../../../testing/outside.ts'

let sub: string
beforeEach(() => {
  sub = crypto.randomUUID()
})

function callEcho(token: string): Promise<Response> {
  const { url, method, headers, body } = modernPost(
    'tools/call',
    { name: 'echo', arguments: { a: 1 } },
    { authorization: `Bearer ${token}` },
  )
  return toWorker(url, { method, headers, body })
}

test('a client that knows no more than the address finds its way to a tool', async () => {
  const { url, method, headers, body } = post(initialize())
  const refused = await toWorker(url, { method, headers, body })
  expect(refused.status).toBe(401)
  const challenge = refused.headers.get('www-authenticate') ?? ''
  expect(challenge).toBe(
    `Bearer realm="mcpbox", resource_metadata="${WORKER}/.well-known/oauth-protected-resource/mcp", scope="mcp"`,
  )

  const metadataUrl = /resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? ''
  const resource = await (await toWorker(metadataUrl)).json<Record<string, string[]>>()
  expect(resource).toEqual({
    resource: MCP,
    resource_name: 'MCPbox',
    authorization_servers: [WORKER],
    scopes_supported: ['mcp'],
    bearer_methods_supported: ['header'],
  })
  const [issuer] = resource['authorization_servers'] ?? []
  const server = await (
    await toWorker(`${issuer}/.well-known/oauth-authorization-server`)
  ).json<Record<string, string>>()

  const registration = await toWorker(
    server['registration_endpoint'] ?? '',
    json({
      client_name: 'Claude',
      redirect_uris: [REDIRECT],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    }),
  )
  expect(registration.status).toBe(201)
  const { client_id: clientId } = await registration.json<{ client_id: string }>()
  const client: Client = { clientId, redirectUri: REDIRECT, verifier: newVerifier() }

  const browser = new Browser()
  const page = await browser.open(await authorizationUrl(client))
  expect(page.status).toBe(200)
  const sent = await browser.answer(await handleIn(page), 'approve')
  expect(sent.status).toBe(200)
  const back = await signedIn(await onwardIn(sent), { sub })
  const done = locationOf(await browser.open(back))
  expect(done.origin + done.pathname).toBe(REDIRECT)
  expect(done.searchParams.get('state')).toBe(STATE)
  expect(done.searchParams.get('iss')).toBe(WORKER)
  expect(browser.cookies).toBe(0)

  const answer = await exchange(client, done.searchParams.get('code') ?? '')
  const tokens = await answer.json<Tokens>()
  expect(tokens).toMatchObject({
    token_type: 'bearer',
    expires_in: 28_800,
    scope: 'mcp',
    resource: MCP,
    refresh_token: expect.any(String),
  })

  const { result } = await answerOf(await callEcho(tokens.access_token))
  expect(result).toMatchObject({ structuredContent: { a: 1 } })
  const [seen] = await seenOf({ subject: `user:${sub}` })
  expect(seen?.claims.principal).toEqual({ kind: 'user', sub, email: `${sub}@example.com` })
  expect(seen?.headers).not.toContain('authorization')
})

test('the metadata says only what is so', async () => {
  const response = await toWorker(`${WORKER}/.well-known/oauth-authorization-server`)
  expect(await response.json()).toMatchObject({
    issuer: WORKER,
    authorization_endpoint: `${WORKER}/authorize`,
    token_endpoint: `${WORKER}/token`,
    registration_endpoint: `${WORKER}/register`,
    revocation_endpoint: `${WORKER}/token`,
    scopes_supported: ['mcp', 'offline_access'],
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_methods_supported: expect.arrayContaining(['none']),
    code_challenge_methods_supported: ['S256'],
    client_id_metadata_document_supported: true,
    authorization_response_iss_parameter_supported: true,
  })
  const root = await toWorker(`${WORKER}/.well-known/oauth-protected-resource`)
  expect(await root.json()).toMatchObject({ resource: MCP })
  expect((await toWorker(`${WORKER}/.well-known/openid-configuration`)).status).toBe(404)
})

describe('refreshing', () => {
  test('rotates, and forgives a client that lost the answer until it used the new token', async () => {
    const { client, tokens } = await connected({ sub })
    const lost = await (await refresh(client, tokens.refresh_token)).json<Tokens>()
    const again = await refresh(client, tokens.refresh_token)
    expect(again.status).toBe(200)
    const second = await again.json<Tokens>()
    expect(second.refresh_token).not.toBe(lost.refresh_token)
    expect((await callEcho(second.access_token)).status).toBe(200)

    expect((await refresh(client, second.refresh_token)).status).toBe(200)
    const late = await refresh(client, tokens.refresh_token)
    expect(late.status).toBe(400)
    expect(await late.json()).toMatchObject({ error: 'invalid_grant' })
  })

  test('keeps its resource and its scope', async () => {
    const { client, tokens } = await connected({ sub })
    expect(await (await refresh(client, tokens.refresh_token)).json()).toMatchObject({
      scope: 'mcp',
      resource: MCP,
      expires_in: 28_800,
    })
  })
})

test('a new address of a person is known after the next refresh', async () => {
  const { client, tokens } = await connected({ sub, claimsLater: { email: 'new@example.com' } })
  const next = await (await refresh(client, tokens.refresh_token)).json<Tokens>()
  await callEcho(next.access_token)
  const [seen] = await seenOf({ subject: `user:${sub}` })
  expect(seen?.claims.principal).toMatchObject({ sub, email: 'new@example.com' })
})

describe('a client that revokes', () => {
  const revoke = (client: Client, token: string) => postToken({ token, client_id: client.clientId })

  test('its refresh token has nothing any more', async () => {
    const { client, tokens } = await connected({ sub })
    expect((await revoke(client, tokens.refresh_token)).status).toBe(200)
    const refused = await callEcho(tokens.access_token)
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"')
    expect((await answerOf(refused)).error?.data).toEqual({ code: 'token_invalid' })
    expect((await refresh(client, tokens.refresh_token)).status).toBe(400)
  })

  test('an access token may get another', async () => {
    const { client, tokens } = await connected({ sub })
    await revoke(client, tokens.access_token)
    expect((await callEcho(tokens.access_token)).status).toBe(401)
    expect((await refresh(client, tokens.refresh_token)).status).toBe(200)
  })
})

test('somebody who denies is sent back without anything', async () => {
  const browser = new Browser()
  const page = await browser.open(await authorizationUrl(await registered()))
  const onward = await onwardIn(await browser.answer(await handleIn(page), 'deny'))
  expect(onward.origin + onward.pathname).toBe(REDIRECT)
  expect(Object.fromEntries(onward.searchParams)).toEqual({
    error: 'access_denied',
    state: STATE,
    iss: WORKER,
  })
})

test('somebody whom the identity provider does not let in is sent back without anything', async () => {
  const back = await visit(await registered(), { sub, error: 'access_denied' })
  expect(Object.fromEntries(back.searchParams)).toMatchObject({ error: 'access_denied' })
  expect(back.searchParams.has('code')).toBe(false)
})

test('a person is asked each time, however often they said yes', async () => {
  const client = await registered()
  const browser = new Browser()
  for (let time = 0; time < 2; time++) {
    const page = await browser.open(await authorizationUrl(client))
    expect(page.status).toBe(200)
    const at = await onwardIn(await browser.answer(await handleIn(page), 'approve'))
    await browser.open(await signedIn(at, { sub }))
  }
})

test('a second installation of an app does not sign the first one out', async () => {
  const { client, tokens } = await connected({ sub })
  const back = await visit(client, { sub })
  await exchange(client, back.searchParams.get('code') ?? '')
  expect((await callEcho(tokens.access_token)).status).toBe(200)
})

test('a client may be known by its metadata document', async () => {
  const clientId = `https://app.test/${sub}/client.json`
  const redirectUri = 'http://localhost/callback'
  await serveDocument(clientId, {
    client_id: clientId,
    client_name: 'An app',
    redirect_uris: [redirectUri],
    token_endpoint_auth_method: 'none',
  })
  const anyPort = 'http://localhost:49152/callback'
  const client: Client = { clientId, redirectUri: anyPort, verifier: newVerifier() }
  const page = await new Browser().open(await authorizationUrl(client))
  const text = await page.text()
  expect(text).toContain('published by <strong>app.test</strong>')
  expect(text).toContain('localhost:49152')
  const back = await visit(client, { sub })
  expect(back.origin).toBe('http://localhost:49152')
  const response = await exchange(client, back.searchParams.get('code') ?? '')
  expect(response.status).toBe(200)
})

describe('a browser', () => {
  const origin = 'https://inspector.test'

  test.each(['/register', '/token', '/.well-known/oauth-authorization-server'])(
    'may ask %s from any page, never with its cookies',
    async (path) => {
      const { status, headers } = await toWorker(`${WORKER}${path}`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      })
      expect(status).toBe(204)
      expect(headers.get('access-control-allow-origin')).toBe(origin)
      expect(headers.has('access-control-allow-credentials')).toBe(false)
    },
  )

  test('may read the resource metadata from any page', async () => {
    const url = `${WORKER}/.well-known/oauth-protected-resource/mcp`
    const preflight = await toWorker(url, { method: 'OPTIONS', headers: { origin } })
    expect(preflight.headers.get('access-control-allow-headers')).toBe('mcp-protocol-version')
    const { headers } = await toWorker(url, { headers: { origin } })
    expect(headers.get('access-control-allow-origin')).toBe('*')
  })

  test.each(['/authorize', '/callback'])('may not read %s from any page', async (path) => {
    const { headers } = await toWorker(`${WORKER}${path}`, { headers: { origin } })
    expect(headers.has('access-control-allow-origin')).toBe(false)
  })
})
