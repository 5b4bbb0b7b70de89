import { describe, expect, test } from 'vitest'
import { answerOf } from './testing/answers.ts'
import { ALICE, BOB, mountGateway } from './testing/mounted-gateway.ts'
import { call, initialize, modernPost, post, rpc } from './testing/posts.ts'
import { openSession } from './testing/session.ts'
import { echo } from './testing/tools.ts'

/** Every answer to a hostile request: a status, a JSON-RPC error with a stable code, no failure. */
async function refusalOf(request: Request) {
  const { gateway, origin, faults } = mountGateway({ echo }, { bodyBytes: 10_000 })
  const response = await gateway.handle(request, ALICE)
  expect(faults).toEqual([])
  expect(origin.operations).toEqual([])
  const { error, id } = await answerOf(response)
  return { status: response.status, rpc: error?.code, code: error?.data?.['code'], id }
}

describe('a body that is no message', () => {
  const halfOfACharacter = new Uint8Array([0x22, 0xe2, 0x82, 0x22])
  const overlongSlash = new Uint8Array([0x22, 0xc0, 0xaf, 0x22])
  const loneSurrogate = new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22])
  const truncatedAtTheEnd = new Uint8Array([0x22, 0x22, 0xe2, 0x82])
  const batch = [rpc(1, 'tools/list'), rpc(2, 'tools/list')]
  const deep = `{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":${'['.repeat(4_000)}`

  test.each([
    ['nothing at all', '', 400, -32700, 'malformed_json'],
    ['text', 'hello', 400, -32700, 'malformed_json'],
    ['JSON that breaks off', '{"jsonrpc":"2.0","id":1', 400, -32700, 'malformed_json'],
    ['half of a character', halfOfACharacter, 400, -32700, 'malformed_utf8'],
    ['an overlong slash', overlongSlash, 400, -32700, 'malformed_utf8'],
    ['a lone surrogate', loneSurrogate, 400, -32700, 'malformed_utf8'],
    ['a character cut off by the end', truncatedAtTheEnd, 400, -32700, 'malformed_utf8'],
    ['a number', '7', 400, -32600, 'invalid_request'],
    ['null', 'null', 400, -32600, 'invalid_request'],
    ['a batch', batch, 400, -32600, 'invalid_request'],
    ['an empty batch', '[]', 400, -32600, 'invalid_request'],
    [
      'another version of JSON-RPC',
      { jsonrpc: '1.0', id: 1, method: 'x' },
      400,
      -32600,
      'invalid_request',
    ],
    [
      'an id that is an object',
      { jsonrpc: '2.0', id: {}, method: 'x' },
      400,
      -32600,
      'invalid_request',
    ],
    [
      'params that are a list',
      { jsonrpc: '2.0', id: 1, method: 'x', params: [] },
      400,
      -32600,
      'invalid_request',
    ],
    ['nesting that exhausts a stack', deep, 400, -32600, 'invalid_request'],
    ['more than is read', rpc(1, 'x', { a: 'x'.repeat(10_000) }), 413, -32000, 'body_too_large'],
  ])('%s', async (_what, body, status, code, stable) => {
    expect(await refusalOf(post(body))).toMatchObject({ status, rpc: code, code: stable })
  })

  test('a million levels within the largest body that is read', async () => {
    const { gateway, faults } = mountGateway({ echo })
    const levels = 1_000_000
    const params = `{"name":"echo","arguments":{"a":${'['.repeat(levels)}${']'.repeat(levels)}}}`
    const body = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`
    const response = await gateway.handle(post(body), ALICE)
    expect(response.status).toBe(400)
    expect((await answerOf(response)).error?.data).toEqual({ code: 'invalid_request' })
    expect(faults).toEqual([])
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json-seq', ''])(
    'content type "%s"',
    async (type) => {
      const refused = await refusalOf(post(rpc(1, 'tools/list'), { 'content-type': type }))
      expect(refused).toMatchObject({ status: 415, code: 'unsupported_media_type' })
    },
  )

  test('a body without a declared length is cut off at the limit', async () => {
    let sent = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1_000
        controller.enqueue(new Uint8Array(1_000).fill(0x20))
      },
    })
    const headers = { 'content-type': 'application/json' }
    const init = { method: 'POST', headers, body: endless, duplex: 'half' } as const
    const refused = await refusalOf(new Request('http://mcpbox.test/mcp', init))
    expect(refused).toMatchObject({ status: 413, code: 'body_too_large' })
    expect(sent).toBeLessThan(20_000)
  })

  test('an id that can be read is named in the answer', async () => {
    const request = post({ jsonrpc: '2.0', id: 'mine', method: 5 })
    expect(await refusalOf(request)).toMatchObject({ id: 'mine' })
  })
})

describe('a session id that is not good', () => {
  const flip = (id: string, at: number) =>
    id.slice(0, at) + (id[at] === 'A' ? 'B' : 'A') + id.slice(at + 1)

  test.each([
    ['guessed', () => 'v1.guess.guess'],
    ['a UUID', () => crypto.randomUUID()],
    ['empty', () => ''],
    ['with a changed claim', (id: string) => flip(id, 20)],
    ['with a changed signature', (id: string) => flip(id, id.lastIndexOf('.') + 5)],
    ['without its signature', (id: string) => id.slice(0, id.lastIndexOf('.') + 1)],
    ['with a further part', (id: string) => `${id}.AAAA`],
    ['of another version', (id: string) => id.replace(/^v1/, 'v2')],
    ['far too long', (id: string) => id + 'A'.repeat(10_000)],
    ['in another alphabet', (id: string) => id.replace(/^v1\../, 'v1.+')],
  ])('%s', async (_what, forge) => {
    const { gateway, faults } = mountGateway({ echo })
    const { id } = await openSession(gateway, ALICE)
    for (const request of [post(rpc(1, 'ping'), { 'mcp-session-id': forge(id) })]) {
      const response = await gateway.handle(request, ALICE)
      expect(response.status).toBe(404)
      const { error } = await answerOf(response)
      expect(error).toMatchObject({ code: -32001, data: { code: 'session_unknown' } })
    }
    expect(faults).toEqual([])
  })

  test('somebody else’s cannot be ended or listened to', async () => {
    const { gateway } = mountGateway({ echo })
    const session = await openSession(gateway, ALICE)
    for (const method of ['DELETE', 'GET']) {
      const headers = { 'mcp-session-id': session.id }
      const request = new Request('http://mcpbox.test/mcp', { method, headers })
      expect((await gateway.handle(request, BOB)).status).toBe(404)
    }
    expect((await session.post(rpc(1, 'ping'))).status).toBe(200)
  })
})

describe('params of the wrong shape', () => {
  test.each([
    ['no name', {}],
    ['a name that is a number', { name: 7 }],
    ['an empty name', { name: '' }],
    ['arguments that are a list', { name: 'echo', arguments: [] }],
    ['arguments that are text', { name: 'echo', arguments: 'x' }],
    ['arguments that are null', { name: 'echo', arguments: null }],
  ])('%s', async (_what, params) => {
    const refused = await refusalOf(post(rpc(1, 'tools/call', params)))
    expect(refused).toMatchObject({ rpc: -32602, code: 'invalid_arguments' })
  })

  test('a name longer than any tool has', async () => {
    const refused = await refusalOf(post(call(1, 'x'.repeat(201))))
    expect(refused).toMatchObject({ rpc: -32602, code: 'invalid_arguments' })
  })

  test('an initialize that says nothing', async () => {
    const refused = await refusalOf(post(rpc(1, 'initialize')))
    expect(refused).toMatchObject({ id: 1, code: expect.any(String) })
  })

  test('names that every object has are only names', async () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const { gateway } = mountGateway({ echo })
      const { error } = await answerOf(await gateway.handle(post(call(1, name)), ALICE))
      expect(error).toMatchObject({ code: -32602, data: { code: 'unknown_tool' } })
    }
  })

  test('the reserved id of a restored session is an ordinary id', async () => {
    const { gateway } = mountGateway({ echo })
    const session = await openSession(gateway, ALICE)
    const answer = await answerOf(await session.post(call('__restore__', 'echo', { a: 1 })))
    expect(answer).toMatchObject({ id: '__restore__', result: { structuredContent: { a: 1 } } })
  })

  test('a modern request under the name of initialize stays modern', async () => {
    const refused = await refusalOf(modernPost('initialize'))
    expect(refused).toMatchObject({ status: 404, rpc: -32601 })
  })

  test('initialize cannot smuggle more into the id than it may hold', async () => {
    const { gateway } = mountGateway({ echo })
    const message = initialize('2025-11-25', { experimental: { big: { x: 'x'.repeat(5_000) } } })
    const response = await gateway.handle(post(message), ALICE)
    expect(response.headers.get('mcp-session-id')?.length).toBeLessThan(400)
  })
})
