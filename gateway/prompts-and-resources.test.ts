import { expect, test } from 'vitest'
import { answerOf } from './testing/answers.ts'
import { memorySessionRecords } from './legacy/memory-session-records.ts'
import { ALICE, mountGateway } from './testing/mounted-gateway.ts'
import { modernPost, post, rpc } from './testing/posts.ts'
import type { Run } from './testing/scripted-program.ts'
import { openSession, sessionOf } from './testing/session.ts'
import { readStream } from './testing/stream-reader.ts'
import { silent } from './testing/tools.ts'

const URI = 'notes://today'
const TEMPLATE = 'notes://{day}'
const about = { name: 'notes', description: 'Notes of a day.' }

const programs = {
  greet: silent((run: Run) => ({
    messages: [{ role: 'user', content: { type: 'text', text: JSON.stringify(run.arguments) } }],
    'x-of-ours': true,
  })),
  [URI]: silent(() => ({ contents: [{ uri: URI, text: 'milk' }] })),
  'completing greet': silent((run: Run) => ({
    completion: { values: Object.values(run.arguments).map(String) },
  })),
}

function mounted() {
  const all = mountGateway(programs)
  all.origin.listed = {
    prompts: [
      { name: 'greet', description: 'Greets.', arguments: [{ name: 'who', required: true }] },
    ],
    resources: [{ uri: URI, etag: '1', ...about }],
    resourceTemplates: [{ uriTemplate: TEMPLATE, ...about }],
  }
  return all
}

const ERAS = ['legacy', 'modern'] as const
async function ask(
  era: (typeof ERAS)[number],
  method: string,
  params: { uri?: string; [name: string]: unknown } = {},
) {
  const { gateway } = mounted()
  const name = params.uri === undefined ? {} : { 'mcp-name': params.uri }
  const request = era === 'legacy' ? post(rpc(1, method, params)) : modernPost(method, params, name)
  return answerOf(await gateway.handle(request, ALICE))
}

test.each(ERAS)('%s: prompts, resources and templates are listed', async (era) => {
  expect((await ask(era, 'prompts/list')).result).toMatchObject({ prompts: [{ name: 'greet' }] })
  const { result } = await ask(era, 'resources/list')
  expect(result?.['resources']).toEqual([{ uri: URI, ...about }])
  expect((await ask(era, 'resources/templates/list')).result).toMatchObject({
    resourceTemplates: [{ uriTemplate: TEMPLATE }],
  })
})

test.each(ERAS)(
  '%s: a prompt is got with its arguments, and passes as it was built',
  async (era) => {
    const params = { name: 'greet', arguments: { who: 'Ada' } }
    expect((await ask(era, 'prompts/get', params)).result).toMatchObject({
      messages: [{ content: { text: '{"who":"Ada"}' } }],
      'x-of-ours': true,
    })
  },
)

test.each(ERAS)('%s: a resource is read', async (era) => {
  expect((await ask(era, 'resources/read', { uri: URI })).result).toMatchObject({
    contents: [{ uri: URI, text: 'milk' }],
  })
})

test('modern: what a resource held may not be kept, since its code runs at each reading', async () => {
  expect((await ask('modern', 'resources/read', { uri: URI })).result).toMatchObject({ ttlMs: 0 })
})

test.each(ERAS)('%s: an unknown resource is told as SEP-2164 says', async (era) => {
  const uri = 'notes://nowhere'
  expect((await ask(era, 'resources/read', { uri })).error).toMatchObject({
    code: -32602,
    data: { code: 'unknown_resource', uri },
  })
})

test.each(ERAS)('%s: an unknown prompt is a mistake of the client', async (era) => {
  expect((await ask(era, 'prompts/get', { name: 'nobody' })).error).toMatchObject({
    code: -32602,
    data: { code: 'unknown_prompt' },
  })
})

test.each(ERAS)('%s: an argument is completed in the light of the settled ones', async (era) => {
  const params = {
    ref: { type: 'ref/prompt', name: 'greet' },
    argument: { name: 'who', value: 'A' },
    context: { arguments: { greeting: 'Hello' } },
  }
  expect((await ask(era, 'completion/complete', params)).result).toMatchObject({
    completion: { values: ['Hello', 'A'] },
  })
})

test.each([
  ['prompts/get', { name: 'greet', arguments: { who: 1 } }],
  ['resources/read', {}],
  [
    'completion/complete',
    { ref: { type: 'ref/tool', name: 'x' }, argument: { name: 'a', value: '' } },
  ],
])('%s with params of the wrong shape is refused', async (method, params) => {
  expect((await ask('legacy', method, params)).error).toMatchObject({ code: -32602 })
})

test('a session hears of the resources that it follows, and of no other', async () => {
  const { gateway, origin } = mounted()
  const session = await openSession(gateway, ALICE)
  await answerOf(await session.post(rpc(1, 'resources/subscribe', { uri: URI })))
  const stream = readStream(await session.get())
  await stream.until(/open/)
  await expect.poll(() => origin.feeds).toBe(1)
  origin.changeCatalog({ resources: ['notes://other', URI] })
  await stream.until(/updated/)
  const updated = stream.messages().filter(({ method }) => method?.endsWith('updated'))
  expect(updated).toMatchObject([{ params: { uri: URI } }])
  await stream.leave()
})

test('a session hears no more of a resource that it has let go', async () => {
  const { gateway, origin } = mounted()
  const session = await openSession(gateway, ALICE)
  await answerOf(await session.post(rpc(1, 'resources/subscribe', { uri: URI })))
  await answerOf(await session.post(rpc(2, 'resources/unsubscribe', { uri: URI })))
  const stream = readStream(await session.get())
  await stream.until(/open/)
  await expect.poll(() => origin.feeds).toBe(1)
  origin.changeCatalog({ resources: [URI] })
  origin.changeCatalog()
  await stream.until(/list_changed[^]*list_changed/)
  expect(stream.messages().map(({ method }) => method)).not.toContain(
    'notifications/resources/updated',
  )
  await stream.leave()
})

test('modern: subscriptions/listen tells of the resources that it names', async () => {
  const { gateway, origin } = mounted()
  const notifications = { resourceSubscriptions: [URI] }
  const listen = modernPost('subscriptions/listen', { notifications })
  const stream = readStream(await gateway.handle(listen, ALICE))
  await stream.until(/acknowledged/)
  await expect.poll(() => origin.feeds).toBe(1)
  origin.changeCatalog({ resources: ['notes://other', URI] })
  expect(await stream.until(/updated/)).toContain(URI)
  expect(stream.messages().filter(({ method }) => method?.endsWith('updated'))).toHaveLength(1)
  await stream.leave()
})

test('a session follows a hundred resources at most', async () => {
  const { gateway } = mounted()
  const session = await openSession(gateway, ALICE)
  const subscribe = async (n: number) =>
    answerOf(await session.post(rpc(n, 'resources/subscribe', { uri: `notes://${n}` })))
  for (let n = 1; n <= 100; n++) expect((await subscribe(n)).error).toBeUndefined()
  expect((await subscribe(101)).error).toMatchObject({ code: -32602 })
  expect((await subscribe(100)).error).toBeUndefined()
})

test('what a session settled is known to whoever serves it next', async () => {
  const first = mounted()
  const session = await openSession(first.gateway, ALICE)
  await answerOf(await session.post(rpc(1, 'logging/setLevel', { level: 'error' })))
  await answerOf(await session.post(rpc(2, 'resources/subscribe', { uri: URI })))
  const records = first.records
  const second = mountGateway(programs, { records })
  const same = sessionOf(session.id, second.gateway, ALICE)
  const stream = readStream(await same.get())
  await stream.until(/open/)
  await expect.poll(() => second.origin.feeds).toBe(1)
  second.origin.changeCatalog({ resources: [URI] })
  await stream.until(/updated/)
  await stream.leave()
})

test('an address that is too long to ask for cannot be followed either', async () => {
  const session = await openSession(mounted().gateway, ALICE)
  const subscribe = async (uri: string) =>
    answerOf(await session.post(rpc(1, 'resources/subscribe', { uri })))
  expect((await subscribe('n'.repeat(2_001))).error).toMatchObject({ code: -32602 })
  expect((await subscribe('n'.repeat(2_000))).error).toBeUndefined()
})

test.each(['resources/subscribe', 'resources/unsubscribe'])(
  '%s without a session is refused, because nobody could be told',
  async (method) => {
    const response = await mounted().gateway.handle(post(rpc(1, method, { uri: URI })), ALICE)
    expect((await answerOf(response)).error).toMatchObject({
      code: -32600,
      message: expect.stringContaining('takes a session'),
      data: { code: 'invalid_request' },
    })
  },
)

test.each([
  ['logging/setLevel', { level: 'error' }],
  ['resources/subscribe', { uri: URI }],
  ['resources/unsubscribe', { uri: URI }],
])(
  '%s: a record that cannot be written is reported here and not told there',
  async (method, params) => {
    const secret = new Error('password=hunter2 at line 7')
    const records = memorySessionRecords()
    records.change = async () => {
      throw secret
    }
    const { gateway, faults } = mountGateway(programs, { records })
    const session = await openSession(gateway, ALICE)
    const { error } = await answerOf(await session.post(rpc(1, method, params)))
    expect(error).toMatchObject({ code: -32603, data: { code: 'internal' } })
    expect(error?.message).not.toContain('hunter2')
    expect(faults).toEqual([secret])
  },
)
