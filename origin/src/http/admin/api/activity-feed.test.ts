import { once } from 'node:events'
import { afterAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { ActivityList, ActivityView } from '#contract/admin-door/activity.ts'
import { MAX_NEWS_STREAMS } from '#contract/limits.ts'
import { ProblemBody } from '#contract/problem.ts'
import { UNSEEN } from '../../../domain/activity.ts'
import { openAdmin, setUpAdmin, signedInAs } from '../../../testing/admin.ts'
import { openMemory } from '../../../testing/databases.ts'
import { listening } from '../../../testing/listening.ts'

const opened = await openMemory()
const admin = openAdmin(opened)
await setUpAdmin(admin.door, opened)
const server = await listening(admin.door)
const keys = await signedInAs(admin.door)
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await admin[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
})

const { stores } = opened
const happens = (subject: string, actor = 'local') =>
  stores.activity.record({ ...UNSEEN, actor, action: 'server.created', subject })

/** A stream of server-sent events, and what comes out of it. */
async function stream(query = '', headers: Record<string, string> = keys.bearer) {
  const stop = new AbortController()
  const url = new URL(`/api/activity/stream${query}`, server.url)
  const response = await fetch(url, { headers, signal: stop.signal })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return {
    response,
    close: () => stop.abort(),
    /** Reads until an event has come, or the end: null. */
    async next() {
      for (;;) {
        const [whole] = /id: .*\nevent: activity\ndata: .*\n\n/.exec(text) ?? []
        if (whole !== undefined) {
          text = text.slice(text.indexOf(whole) + whole.length)
          const [id, , data = ''] = whole.split('\n')
          return { id: id!.slice(4), data: ActivityView.parse(JSON.parse(data.slice(6))) }
        }
        const { done, value } = await reader.read()
        if (done) return null
        text += value
      }
    },
  }
}

function socket(query = '', headers: Record<string, string> = keys.bearer) {
  const url = new URL(`/api/activity/ws${query}`, server.url)
  url.protocol = 'ws:'
  return new WebSocket(url, { headers })
}

/** The status with which a handshake was refused. */
async function refusedWith(opening: WebSocket): Promise<number> {
  opening.on('error', () => {})
  const [, response] = await once(opening, 'unexpected-response')
  opening.terminate()
  return response.statusCode
}

async function messageOf(open: WebSocket): Promise<ActivityView> {
  const [data] = await once(open, 'message')
  return ActivityView.parse(JSON.parse(String(data)))
}

test('what happens is streamed, and Last-Event-ID goes on after what was seen', async () => {
  const after = await stores.activity.newest()
  await happens('one')
  const first = await stream(`?after=${after}`)
  expect(first.response.headers.get('content-type')).toBe('text/event-stream')
  const one = await first.next()
  expect(one?.data.subject).toBe('one')
  first.close()
  await happens('two')
  const second = await stream(`?after=${after}`, { ...keys.bearer, 'last-event-id': one!.id })
  expect((await second.next())?.data.subject).toBe('two')
  await happens('three')
  expect((await second.next())?.data.subject).toBe('three')
  second.close()
})

test('a stream tells what was asked for only', async () => {
  const after = await stores.activity.newest()
  await happens('other')
  await happens('hers', 'user:ada')
  const hers = await stream(`?actor=user:ada&after=${after}`)
  expect((await hers.next())?.data.subject).toBe('hers')
  hers.close()
})

test('nobody gets a stream without a sign-in, and none after it has ended', async () => {
  expect((await stream('', {})).response.status).toBe(401)
  expect(await refusedWith(socket('', {}))).toBe(401)
  const own = await signedInAs(admin.door)
  const after = await stores.activity.newest()
  const open = await stream(`?after=${after}`, own.bearer)
  await happens('seen')
  expect((await open.next())?.data.subject).toBe('seen')
  await own.ask('/auth/logout', { method: 'POST' })
  let now = Date.now()
  const clock = Date.now
  Date.now = () => now
  try {
    now += 1_001
    await happens('not for them')
    expect(await open.next()).toBeNull()
  } finally {
    Date.now = clock
  }
})

test.each(['x', '-1', '1.5', '99999999999999999999'])('Last-Event-ID %s is refused', async (id) => {
  const { response } = await stream('', { ...keys.bearer, 'last-event-id': id })
  expect(response.status).toBe(400)
})

test('what happens comes as texts on a WebSocket, from where its reader was', async () => {
  const after = await stores.activity.newest()
  await happens('before')
  const open = socket(`?after=${after}`)
  expect((await messageOf(open)).subject).toBe('before')
  const next = messageOf(open)
  await happens('live')
  expect((await next).subject).toBe('live')
  open.terminate()
})

test('a WebSocket by cookie is for our own pages only, though any page can ask for one', async () => {
  const { cookie } = keys.cookie
  for (const origin of [
    undefined,
    'null',
    'http://evil.example',
    `http://127.0.0.1:1`,
    `http://localhost:${server.url.port}`,
  ])
    expect(await refusedWith(socket('', { cookie, ...(origin && { origin }) }))).toBe(403)
  const own = socket(`?after=0`, { cookie, origin: server.url.origin })
  await messageOf(own)
  own.terminate()
})

test('who sends something on a WebSocket is sent away', async () => {
  for (const [message, code] of [
    ['hello', 1008],
    ['x'.repeat(2_000), 1009],
  ] as const) {
    const open = socket()
    open.on('error', () => {})
    await once(open, 'open')
    open.send(message)
    const [closed] = await once(open, 'close')
    expect(closed).toBe(code)
  }
})

test('a plain GET of the WebSocket, and an upgrade of anything else, are answered in HTTP', async () => {
  const plain = await fetch(new URL('/api/activity/ws', server.url), { headers: keys.bearer })
  expect(ProblemBody.parse(await plain.json())).toMatchObject({ code: 'invalid_request' })
  const other = new WebSocket(new URL('/health', server.url.href.replace('http', 'ws')))
  expect(await refusedWith(other)).toBe(200)
})

test('there are so many streams at once and no more', async () => {
  const open = []
  let refused = null
  while (refused === null && open.length <= MAX_NEWS_STREAMS) {
    const one = await stream()
    if (one.response.status === 200) open.push(one)
    else refused = one.response
  }
  expect(refused?.status).toBe(503)
  expect(await refusedWith(socket())).toBe(503)
  for (const one of open) one.close()
})

test('activity is paged without gaps while more of it happens', async () => {
  for (let n = 0; n < 7; n++) await happens('paged', `user:${n}`)
  const seen: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const more: string = cursor === '' ? '' : `&cursor=${cursor}`
    const page = ActivityList.parse(
      await (await keys.ask(`/api/activity?subject=paged&limit=3${more}`)).json(),
    )
    seen.push(...page.items.map(({ actor }) => actor))
    cursor = page.next
    await happens('paged', 'later')
  }
  expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map((n) => `user:${n}`))
})
