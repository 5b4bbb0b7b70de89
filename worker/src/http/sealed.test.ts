import { expect, test } from 'vitest'
import { sealed } from './sealed.ts'

test('only headers that are meant for clients leave', () => {
  const headers = {
    'content-type': 'text/plain',
    'mcp-session-id': 's1',
    server: 'the origin',
    'x-mcpbox-verified': 'yes',
    'cf-access-jwt-assertion': 'a.b.c',
    'x-powered-by': 'something',
  }
  const response = sealed(new Response('x', { status: 202, headers }), 'r1')
  expect(response.status).toBe(202)
  expect([...response.headers.keys()].toSorted()).toEqual([
    'cache-control',
    'content-security-policy',
    'content-type',
    'mcp-session-id',
    'referrer-policy',
    'strict-transport-security',
    'x-content-type-options',
    'x-request-id',
  ])
})

test('each of several cookies leaves', () => {
  const headers = new Headers([
    ['set-cookie', 'a=1; Secure'],
    ['set-cookie', 'b=2; Secure'],
  ])
  expect(sealed(new Response(null, { headers }), 'r1').headers.getSetCookie()).toHaveLength(2)
})

test('a stream keeps what was said of its caching, and flows as it comes', async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const headers = { 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' }
  const response = sealed(new Response(readable, { headers }), 'r1')
  expect(response.headers.get('cache-control')).toBe('no-cache, no-transform')
  const writer = writable.getWriter()
  const reader = response.body!.getReader()
  const first = reader.read()
  await writer.write(new TextEncoder().encode('now'))
  expect(new TextDecoder().decode((await first).value)).toBe('now')
})
