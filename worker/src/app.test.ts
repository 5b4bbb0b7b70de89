import { exports } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { answerOf } from '#gateway/testing/answers.ts'
import { ENDPOINT, initialize, modernPost, post } from '#gateway/testing/posts.ts'
import { accessItself, seenOf, somebody, someService } from '../testing/outside.ts'
import { TEST_BINDINGS } from '../testing/test-bindings.ts'
import { createApp } from './app.ts'

test('a person calls a tool through the Worker, and the origin knows who', async () => {
  const alice = await somebody()
  const request = modernPost('tools/call', { name: 'echo', arguments: { a: 1 } })
  const { result } = await answerOf(await alice.send(request))
  expect(result).toMatchObject({ structuredContent: { a: 1 } })
  expect(await seenOf(alice)).toMatchObject([
    { claims: { sub: alice.subject, principal: alice.principal } },
  ])
})

test('a service is a principal of its own', async () => {
  const service = await someService()
  await answerOf(await service.send(modernPost('tools/call', { name: 'echo' })))
  expect(await seenOf(service)).toMatchObject([
    { claims: { sub: service.subject, principal: service.principal } },
  ])
})

test('news of a call comes before its end', async () => {
  const alice = await somebody()
  const request = modernPost('tools/call', { name: 'counting', _meta: { progressToken: 'p' } })
  const text = await (await alice.send(request)).text()
  expect(text.match(/"progress":\d/g)).toEqual(['"progress":1', '"progress":2'])
})

test('nothing of the client’s own headers reaches the origin', async () => {
  const alice = await somebody()
  const own = {
    authorization: 'Bearer mine',
    cookie: 'CF_Authorization=mine',
    'cf-access-authenticated-user-email': 'root@example.com',
    'x-mcpbox-service-token': 'guessed',
    'x-mcpbox-verified': 'guessed',
    'x-forwarded-for': '10.0.0.1',
  }
  await answerOf(await alice.send(modernPost('tools/call', { name: 'echo' }, own)))
  const [seen] = await seenOf(alice)
  expect(seen?.headers.filter((name) => !ADDED_BY_FETCH.has(name)).toSorted()).toEqual([
    'accept',
    'cf-access-client-id',
    'cf-access-client-secret',
    'content-type',
    'x-mcpbox-assertion',
    'x-mcpbox-service-token',
    'x-request-id',
  ])
})

/** What HTTP needs, and what Cloudflare adds to say which zone's Worker is asking. */
const ADDED_BY_FETCH = new Set([
  'cf-worker',
  'host',
  'content-length',
  'accept-encoding',
  'connection',
])

describe('who is not let in', () => {
  const METADATA =
    'resource_metadata="https://mcpbox.test/.well-known/oauth-protected-resource/mcp"'
  test.each([
    ['nobody in particular', {}, 'unauthenticated', `Bearer realm="mcpbox", ${METADATA}`],
    [
      'a forger',
      { 'cf-access-jwt-assertion': 'x.y.z' },
      'token_invalid',
      `Bearer realm="mcpbox", error="invalid_token", ${METADATA}`,
    ],
  ])('%s', async (_who, headers, code, challenge) => {
    const response = await exports.default.fetch(post(initialize(), headers))
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe(challenge)
    expect((await answerOf(response)).error?.data).toEqual({ code })
  })

  test('the page of a strange web origin, even with a token', async () => {
    const alice = await somebody()
    const request = post(initialize(), { origin: 'https://evil.test' })
    const response = await alice.send(request)
    expect(response.status).toBe(403)
    expect((await answerOf(response)).error?.data).toEqual({ code: 'origin_not_allowed' })
  })

  test('but the page of a listed one', async () => {
    const alice = await somebody()
    const request = post(initialize(), { origin: 'https://allowed.test' })
    expect((await alice.send(request)).status).toBe(200)
  })
})

describe('a Worker that is not configured', () => {
  const app = createApp({ missing: 'SESSION_KEY' })

  test('serves nobody, and says what it lacks', async () => {
    const response = await app.fetch(post(initialize()))
    expect(response.status).toBe(503)
    expect((await answerOf(response)).error).toMatchObject({
      message: 'This Worker is not configured: SESSION_KEY',
      data: { code: 'not_configured' },
    })
  })

  test('is not healthy', async () => {
    const response = await app.fetch(new Request('https://mcpbox.test/health'))
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ code: 'not_configured' })
  })
})

test('who asks too often is told when to come back, and nobody else is', async () => {
  const alice = await somebody()
  const limit = Number(TEST_BINDINGS.RATE_LIMIT_PER_MINUTE)
  let response = new Response()
  let served = -1
  // Permits come back while this runs.
  while (response.status === 200 && ++served < 2 * limit)
    response = await alice.send(modernPost('tools/list'))
  expect(served).toBeGreaterThanOrEqual(limit)
  expect(response.status).toBe(429)
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await answerOf(response)).error?.data).toEqual({ code: 'rate_limited' })
  expect((await (await somebody()).send(modernPost('tools/list'))).status).toBe(200)
})

test('a failure to tell who asks is an answer of MCP that its page may read, and lets nobody in', async () => {
  const fail = () => Promise.reject(new Error('reset because its code was updated'))
  const app = createApp({
    publicUrl: 'https://mcpbox.test',
    allowedOrigins: ['https://allowed.test'],
    authenticator: { identify: fail, serve: async () => null, scope: null },
    gateway: { handle: fail },
    rate: { take: fail },
    strangers: { take: fail },
    originHealth: { answer: fail },
  })
  const response = await app.fetch(post(initialize(), { origin: 'https://allowed.test' }))
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('1')
  expect(response.headers.get('access-control-allow-origin')).toBe('https://allowed.test')
  expect((await answerOf(response)).error?.data).toEqual({ code: 'busy' })
})

test('Access itself, which is nobody in particular, is greeted and shown nothing', async () => {
  const nobody = await accessItself()
  expect((await nobody.send(post(initialize()))).status).toBe(200)
  const response = await nobody.send(modernPost('tools/list'))
  expect(response.status).toBe(403)
  expect((await answerOf(response)).error?.data).toEqual({ code: 'sign_in_needed' })
})

test('one id names a request in the answer and at the origin', async () => {
  const alice = await somebody()
  const response = await alice.send(modernPost('tools/call', { name: 'echo' }))
  await response.text()
  const [seen] = await seenOf(alice)
  expect(seen?.requestId).toBe(response.headers.get('x-request-id'))
})

test('a page that is listed may ask before it asks', async () => {
  const headers = {
    origin: 'https://allowed.test',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization',
  }
  const response = await exports.default.fetch(ENDPOINT, { method: 'OPTIONS', headers })
  expect(response.status).toBe(204)
  expect(response.headers.get('access-control-allow-origin')).toBe('https://allowed.test')
  expect(response.headers.get('access-control-allow-headers')).toBe('authorization')
})

test('a body larger than the edge reads is refused', async () => {
  const alice = await somebody()
  const request = post(`"${'x'.repeat(4 * 1024 * 1024)}"`)
  const response = await alice.send(request)
  expect(response.status).toBe(413)
  expect((await answerOf(response)).error?.data).toEqual({ code: 'body_too_large' })
})

test('health needs no token', async () => {
  const response = await exports.default.fetch('https://mcpbox.test/health')
  expect(await response.json()).toEqual({ status: 'ok' })
})

test('anywhere else there is nothing', async () => {
  const response = await exports.default.fetch('https://mcpbox.test/admin')
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ code: 'not_found' })
})

test('every answer is safe to be opened by a browser', async () => {
  for (const url of [ENDPOINT, 'https://mcpbox.test/health', 'https://mcpbox.test/x']) {
    const { headers } = await exports.default.fetch(url)
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
  }
})
