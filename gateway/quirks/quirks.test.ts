import { describe, expect, test } from 'vitest'
import { answerOf } from '../testing/answers.ts'
import { ALICE, mountGateway } from '../testing/mounted-gateway.ts'
import { call, ENDPOINT, initialize, modernPost, post, rpc } from '../testing/posts.ts'
import { counting, echo } from '../testing/tools.ts'
import { isMcpPath } from './mcp-path.ts'

const { gateway } = mountGateway({ echo })
const handle = (request: Request) => gateway.handle(request, ALICE)

test.each(['/mcp', '/mcp/', '/mcp?v=2', '/mcp/?v=2'])('%s is where MCP is', (path) => {
  expect(isMcpPath(new URL(path, ENDPOINT))).toBe(true)
})

test.each(['/', '/mcpx', '/mcp/x', '/MCP'])('%s is not', (path) => {
  expect(isMcpPath(new URL(path, ENDPOINT))).toBe(false)
})

describe('whatever a client says it accepts', () => {
  test.each(['*/*', 'application/json', 'text/event-stream', ''])('"%s"', async (accept) => {
    expect((await handle(post(initialize(), { accept }))).status).toBe(200)
    expect((await handle(modernPost('tools/list', {}, { accept }))).status).toBe(200)
  })
})

test.each([
  ['legacy', call(1, 'counting', {}, { progressToken: 1 }), {}],
  ['modern', null, { _meta: { progressToken: 1 } }],
])(
  '%s: a script that accepts JSON alone gets the answer in one piece',
  async (_era, body, meta) => {
    const { gateway: slow } = mountGateway({ counting }, { times: { graceMs: 0 } })
    const accept = 'application/json'
    const request =
      body === null
        ? modernPost('tools/call', { name: 'counting', ...meta }, { accept })
        : post(body, { accept })
    const response = await slow.handle(request, ALICE)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toMatchObject({
      id: 1,
      result: { content: [{ text: 'counted' }] },
    })
  },
)

test.each(['GET', 'DELETE'])('%s without a session: only POST', async (method) => {
  const response = await handle(new Request(ENDPOINT, { method }))
  expect(response.status).toBe(405)
  expect(response.headers.get('allow')).toBe('POST')
  expect((await answerOf(response)).error?.data).toEqual({ code: 'method_not_allowed' })
})

test.each(['PUT', 'PATCH', 'OPTIONS'])('%s is not served at all', async (method) => {
  const response = await handle(new Request(ENDPOINT, { method }))
  expect(response.status).toBe(405)
  expect(response.headers.get('allow')).toBe('GET, POST, DELETE')
})

test('a bare server/discover is told what it lacks, so that its client falls back', async () => {
  const response = await handle(post(rpc(1, 'server/discover')))
  expect(response.status).toBe(400)
  const answer = await answerOf(response)
  expect(answer).toMatchObject({
    id: 1,
    error: { code: -32602, data: { code: 'invalid_request' } },
  })
  expect(answer.error?.message).not.toMatch(/session/i)
})

test('notifications of both eras are accepted', async () => {
  const notification = { jsonrpc: '2.0', method: 'notifications/initialized' }
  expect((await handle(post(notification))).status).toBe(202)
  const modern = post(notification, { 'mcp-protocol-version': '2026-07-28' })
  expect((await handle(modern)).status).toBe(202)
  const _meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' }
  const senseless = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { _meta } }
  const version = { 'mcp-protocol-version': '2026-07-28' }
  expect((await handle(post(senseless, version))).status).toBe(202)
})
