import { describe, expect, test } from 'vitest'
import { LONGEST_CALL_MS } from '#contract/limits.ts'
import { answerOf, messagesOf } from './testing/answers.ts'
import { ALICE, mountGateway } from './testing/mounted-gateway.ts'
import { call, initialize, modernPost, post, rpc } from './testing/posts.ts'
import { counting, echo, silent } from './testing/tools.ts'
import { openSession } from './testing/session.ts'

describe('the modern era', () => {
  test('discover names the version, the server and what it can do', async () => {
    const { gateway } = mountGateway({ echo })
    const { result } = await answerOf(await gateway.handle(modernPost('server/discover'), ALICE))
    expect(result).toMatchObject({
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: { listChanged: true }, logging: {} },
      instructions: 'Call the tools.',
      resultType: 'complete',
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'scripted', version: '1.0.0' } },
    })
  })

  test('a list may be kept for a while, by its asker only', async () => {
    const { gateway } = mountGateway({ echo, counting }, { times: { listTtlMs: 90_000 } })
    const { result } = await answerOf(await gateway.handle(modernPost('tools/list'), ALICE))
    expect(result).toMatchObject({
      tools: [{ name: 'echo' }, { name: 'counting' }],
      ttlMs: 90_000,
      cacheScope: 'private',
    })
  })

  test('a call is one operation of its principal, with the client named', async () => {
    const { gateway, origin } = mountGateway({ echo })
    const request = modernPost('tools/call', { name: 'echo', arguments: { a: 1 } })
    const { result } = await answerOf(await gateway.handle(request, ALICE))
    expect(result).toMatchObject({ resultType: 'complete', structuredContent: { a: 1 } })
    expect(origin.operations).toMatchObject([
      {
        principal: 'user:alice',
        request: {
          method: 'tools/call',
          params: { name: 'echo', arguments: { a: 1 } },
          era: 'modern',
          client: { name: 'tests', version: '1.0.0' },
          deadline_ms: LONGEST_CALL_MS,
        },
      },
    ])
  })

  test('a stray session id means nothing', async () => {
    const { gateway } = mountGateway({ echo })
    const request = modernPost('tools/list', {}, { 'mcp-session-id': 'from another era' })
    const response = await gateway.handle(request, ALICE)
    expect(response.status).toBe(200)
    expect(response.headers.has('mcp-session-id')).toBe(false)
  })

  test.each([
    ['an unknown method', modernPost('bogus'), 404, -32601, 'not_found'],
    [
      'a version of the future',
      modernPost(
        'tools/list',
        { _meta: { 'io.modelcontextprotocol/protocolVersion': '2031-01-01' } },
        { 'mcp-protocol-version': '2031-01-01' },
      ),
      400,
      -32022,
      'invalid_request',
    ],
    [
      'a header that contradicts the body',
      modernPost('tools/list', {}, { 'mcp-method': 'tools/call' }),
      400,
      -32020,
      'invalid_request',
    ],
  ])('%s is refused with its own code', async (_what, request, status, code, stable) => {
    const response = await mountGateway({ echo }).gateway.handle(request, ALICE)
    expect(response.status).toBe(status)
    const { error } = await answerOf(response)
    expect(error).toMatchObject({ code, data: { code: stable } })
  })

  test('a refused version says which one is served', async () => {
    const version = { 'io.modelcontextprotocol/protocolVersion': '2031-01-01' }
    const request = modernPost(
      'tools/list',
      { _meta: version },
      { 'mcp-protocol-version': '2031-01-01' },
    )
    const { error } = await answerOf(await mountGateway({}).gateway.handle(request, ALICE))
    expect(error?.data).toMatchObject({ supported: ['2026-07-28'] })
  })
})

describe('the legacy era', () => {
  test.each(['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'])(
    'initialize agrees to %s',
    async (version) => {
      const { gateway } = mountGateway({ echo })
      const { result } = await answerOf(await gateway.handle(post(initialize(version)), ALICE))
      expect(result).toMatchObject({
        protocolVersion: version,
        serverInfo: { name: 'scripted' },
        instructions: 'Call the tools.',
      })
    },
  )

  test('initialize that asks for a stateless version gets the newest with sessions', async () => {
    const { gateway } = mountGateway({ echo })
    const { result } = await answerOf(await gateway.handle(post(initialize('2026-07-28')), ALICE))
    expect(result).toMatchObject({ protocolVersion: '2025-11-25' })
  })

  test('a session lists and calls, and its client is named to the origin', async () => {
    const { gateway, origin } = mountGateway({ echo })
    const session = await openSession(gateway, ALICE)
    const list = await answerOf(await session.post(rpc(1, 'tools/list')))
    expect(list.result).toMatchObject({ tools: [{ name: 'echo' }] })
    const called = await answerOf(await session.post(call(2, 'echo', { a: 1 })))
    expect(called.result).toEqual({
      content: [{ type: 'text', text: '{"a":1}' }],
      structuredContent: { a: 1 },
    })
    expect(origin.operations).toMatchObject([
      { request: { era: 'legacy', client: { name: 'tests', version: '1.0.0' } } },
    ])
  })

  test('an authenticated call that names no session is served', async () => {
    const { gateway } = mountGateway({ echo })
    const answer = await answerOf(await gateway.handle(post(call(1, 'echo', { a: 1 })), ALICE))
    expect(answer).toMatchObject({ id: 1, result: { structuredContent: { a: 1 } } })
  })

  test('an error keeps status 200: a 404 would read as the end of the session', async () => {
    const { gateway } = mountGateway({ echo })
    const session = await openSession(gateway, ALICE)
    const response = await session.post(rpc(1, 'bogus'))
    expect(response.status).toBe(200)
    const { error } = await answerOf(response)
    expect(error).toMatchObject({ code: -32601, data: { code: 'not_found' } })
  })
})

describe('both eras', () => {
  const ask = {
    modern: (name: string, _meta?: object) => modernPost('tools/call', { name, _meta }),
    legacy: (name: string, meta?: object) => post(call(1, name, {}, meta)),
  }

  test.each(['modern', 'legacy'] as const)(
    '%s: progress carries the token of the client, rises, and ends before the result',
    async (era) => {
      const { gateway } = mountGateway({ counting })
      const request = ask[era]('counting', { progressToken: 'mine' })
      const messages = await messagesOf(await gateway.handle(request, ALICE))
      expect(messages).toMatchObject([
        { params: { progressToken: 'mine', progress: 1, total: 2, message: 'half' } },
        { params: { progressToken: 'mine', progress: 2, total: 2 } },
        { id: 1, result: { content: [{ text: 'counted' }] } },
      ])
    },
  )

  test.each(['modern', 'legacy'] as const)('%s: no token, no progress', async (era) => {
    const { gateway } = mountGateway({ counting })
    const response = await gateway.handle(ask[era]('counting'), ALICE)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await messagesOf(response)).toHaveLength(1)
  })

  test.each(['modern', 'legacy'] as const)(
    '%s: a result passes with every field that the origin gave it',
    async (era) => {
      const odd = {
        content: [{ type: 'text', text: 'hi', later: { field: 1 } }, { type: 'from-tomorrow' }],
        structuredContent: { nested: { null: null } },
        _meta: { own: true },
        further: 'field',
      }
      const { gateway } = mountGateway({ odd: silent(() => odd) })
      const { result } = await answerOf(await gateway.handle(ask[era]('odd'), ALICE))
      expect(result).toMatchObject(odd)
    },
  )

  test.each(['modern', 'legacy'] as const)('%s: a tool that does not exist', async (era) => {
    const { gateway, faults } = mountGateway({ echo })
    const { error } = await answerOf(await gateway.handle(ask[era]('nope'), ALICE))
    expect(error).toMatchObject({ code: -32602, data: { code: 'unknown_tool' } })
    expect(faults).toEqual([])
  })
})
