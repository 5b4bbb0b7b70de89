import { expect, test } from 'vitest'
import { judgeCors } from './cors.ts'

const ALLOWED = ['https://good.example', 'http://localhost:6274']

function judge(headers: Record<string, string>, method = 'POST') {
  return judgeCors(new Request('https://mcpbox.test/mcp', { method, headers }), ALLOWED)
}

const preflightOf = (origin: string, asked = 'content-type') =>
  judge(
    {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': asked,
    },
    'OPTIONS',
  )

test('a listed page may read the answer, and is the only one named', () => {
  const { problem, allow } = judge({ origin: 'https://good.example' })
  expect(problem).toBeNull()
  const { headers } = allow(new Response('{}'))
  expect(headers.get('access-control-allow-origin')).toBe('https://good.example')
  expect(headers.get('access-control-expose-headers')).toContain('mcp-session-id')
  expect(headers.get('access-control-allow-credentials')).toBeNull()
  expect(headers.get('vary')).toBe('origin')
})

test.each([
  'https://evil.example',
  'https://good.example.evil.example',
  'https://GOOD.example',
  'http://good.example',
  'https://good.example:444',
  'https://good.example/',
  'null',
  '',
  '*',
])('a page of %j may not ask, and is told of no origin at all', (origin) => {
  const { problem, preflight, allow } = preflightOf(origin)
  expect(problem).toMatchObject({ code: 'origin_not_allowed' })
  expect(preflight()).toBeNull()
  expect(allow(new Response()).headers.get('access-control-allow-origin')).toBeNull()
})

test('a program, which names no origin, is told of none', () => {
  const { problem, allow } = judge({})
  expect(problem).toBeNull()
  const { headers } = allow(new Response())
  expect(headers.get('access-control-allow-origin')).toBeNull()
  expect(headers.get('vary')).toBe('origin')
})

test('a preflight names what may be sent, of what was asked for', () => {
  const asked = 'Authorization, mcp-protocol-version,mcp-param-region, cookie, x-mcpbox-verified'
  const response = preflightOf('http://localhost:6274', asked).preflight()
  expect(response?.status).toBe(204)
  expect(response?.headers.get('access-control-allow-headers')).toBe(
    'authorization, mcp-protocol-version, mcp-param-region',
  )
  expect(response?.headers.get('access-control-allow-methods')).toBe('GET, POST, DELETE')
})
