import { afterAll, expect, test } from 'vitest'
import { messagesOf, type Message } from './testing/answers.ts'
import { ALICE, mountGateway } from './testing/mounted-gateway.ts'
import { garbled, mutated } from './testing/mutate.ts'
import { call, ENDPOINT, initialize, post, rpc } from './testing/posts.ts'
import { seeded, type Random } from './testing/random.ts'
import { openSession } from './testing/session.ts'
import { counting, echo } from './testing/tools.ts'

/** The door gets what no client would send; the seed tells how to send it again. */

const SEED = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1
const ROUNDS = 2_000

const { gateway, faults } = mountGateway({ echo, counting }, { times: { keepAliveMs: 60_000 } })
const session = await openSession(gateway, ALICE, { elicitation: {} })
afterAll(() => session.end())

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': { name: 'fuzz', version: '1' },
}
const MESSAGES: [object, ...object[]] = [
  call(1, 'echo', { a: [1, { b: 'text' }] }),
  call('two', 'counting', {}, { progressToken: 7 }),
  rpc(3, 'tools/call', { name: 'echo', arguments: { a: 1 }, _meta: META }),
  rpc(4, 'tools/list', { _meta: META }),
  rpc(5, 'server/discover', { _meta: META }),
  rpc(6, 'resources/read', { uri: 'test://a' }),
  rpc(7, 'prompts/get', { name: 'p', arguments: {} }),
  rpc(8, 'completion/complete', {
    ref: { type: 'ref/prompt', name: 'p' },
    argument: { name: 'a', value: '' },
  }),
  rpc(9, 'logging/setLevel', { level: 'info' }),
  rpc(10, 'resources/subscribe', { uri: 'test://a' }),
  rpc(11, 'ping'),
  initialize(),
  { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } },
  { jsonrpc: '2.0', method: 'notifications/initialized' },
  { jsonrpc: '2.0', id: 's1', result: { action: 'accept', content: {} } },
]

function headersOf(random: Random): Record<string, string> {
  const headers: Record<string, string> = {}
  const maybe = (name: string, ...values: [string, ...string[]]) => {
    if (random.below(3) === 0) headers[name] = random.pick(values)
  }
  maybe('mcp-protocol-version', '2026-07-28', '2025-11-25', 'x', '2026-07-28, 2025-11-25', '')
  maybe('mcp-session-id', session.id, session.id, 'v1.x.y', '')
  maybe('mcp-method', 'tools/call', 'tools/list', '')
  maybe('mcp-name', 'echo', '=?base64?w7w=?=', '')
  maybe('accept', '*/*', 'application/json', 'text/event-stream', ',')
  maybe('last-event-id', 'x', '', '0.0')
  return headers
}

const LEAK = /\bat .+:\d+:\d+|node_modules|\.ts:\d|\/work\/|ZodError/

/** What a client may hold against the answer to this request, in words. */
async function complaintsAbout(
  request: Request,
  mayAnswer: (answers: Message[]) => boolean,
): Promise<string[]> {
  const response = await gateway.handle(request, ALICE)
  const text = await response.clone().text()
  const answers = text === '' ? [] : (await messagesOf(response)).filter(isAnswer)
  return [
    ...(response.status < 500 ? [] : [`status ${response.status}`]),
    ...(LEAK.test(text) ? [`a leak: ${text}`] : []),
    ...(mayAnswer(answers) ? [] : [`${answers.length} answers: ${text}`]),
  ]
}

const isAnswer = (message: Message) => 'result' in message || 'error' in message
const oneAtMost = (answers: Message[]) => answers.length <= 1

/** A request gets one answer, to its own id or, when that cannot be told, to none. */
function answersOf(body: unknown): (answers: Message[]) => boolean {
  const { id, method } = Object(body) as Message
  const isRequest = (typeof id === 'string' || Number.isInteger(id)) && typeof method === 'string'
  if (!isRequest) return oneAtMost
  return (answers) => answers.length === 1 && [id, null].includes(answers[0]?.id)
}

test(`messages with odd parts get one answer each, or are taken in silence (seed ${SEED})`, async () => {
  const random = seeded(SEED)
  const wrong: unknown[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const body = mutated(random.pick(MESSAGES), random)
    const headers = headersOf(random)
    const complaints = await complaintsAbout(post(body, headers), answersOf(body))
    if (complaints.length > 0) wrong.push({ round, complaints, body, headers })
  }
  expect(wrong).toEqual([])
  expect(faults).toEqual([])
})

test(`bytes that are no message are refused (seed ${SEED})`, async () => {
  const random = seeded(SEED)
  const wrong: unknown[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const text = JSON.stringify(random.pick(MESSAGES))
    const bytes = random.below(4) === 0 ? random.bytes(random.below(200)) : garbled(text, random)
    const complaints = await complaintsAbout(post(bytes, headersOf(random)), oneAtMost)
    if (complaints.length > 0) wrong.push({ round, complaints, bytes: bytes.join() })
  }
  expect(wrong).toEqual([])
  expect(faults).toEqual([])
})

test(`other methods with odd headers are refused (seed ${SEED})`, async () => {
  const random = seeded(SEED)
  const statuses = new Set<number>()
  for (let round = 0; round < 200; round++) {
    const method = random.pick(['PUT', 'PATCH', 'OPTIONS', 'HEAD', 'GET', 'DELETE'])
    const headers = { ...headersOf(random), 'mcp-session-id': random.pick(['v1.x.y', 'x', '']) }
    const response = await gateway.handle(new Request(ENDPOINT, { method, headers }), ALICE)
    statuses.add(response.status)
  }
  expect(statuses).toEqual(new Set([404, 405]))
})
