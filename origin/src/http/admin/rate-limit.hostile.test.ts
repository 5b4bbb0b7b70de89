import { afterAll, expect, test } from 'vitest'
import { RateLimiter } from '../../domain/rate/rate-limiter.ts'
import { openAdmin, setUpAdmin, signedInAs } from '../../testing/admin.ts'
import { openMemory } from '../../testing/databases.ts'
import { ask, refusalOf } from '../../testing/doors.ts'

/** Counts in memory, as one process alone does. */
const taken = new Map<string, number>()
const limiter = new RateLimiter(
  {
    async take(key, _window, { wanted, most }) {
      const before = taken.get(key) ?? 0
      taken.set(key, before + wanted)
      return {
        got: Math.max(0, Math.min(wanted, most - before)),
        left: Math.max(0, most - before - wanted),
      }
    },
    forgetBefore: async () => {},
  },
  20,
  () => 0,
)
const opened = await openMemory()
const admin = openAdmin(opened, { rate: limiter })
afterAll(async () => {
  await admin[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
})
const { door } = admin
const flood = (from: string, headers: Record<string, string> = {}) =>
  Promise.all(Array.from({ length: 40 }, () => ask(door, '/auth/status', { from, headers })))

test('a flood from one address is refused, and everybody else is served', async () => {
  const answers = await flood('203.0.113.9')
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(20)
  const refused = answers.find(({ status }) => status === 429)!
  expect(await refusalOf(refused.clone())).toEqual([429, 'rate_limited'])
  expect(refused.headers.get('retry-after')).toBe('60')
  expect(refused.headers.get('ratelimit')).toBe('"minute";r=0;t=60')
  expect(refused.headers.get('ratelimit-policy')).toBe('"minute";q=20;w=60')
  expect((await ask(door, '/auth/status', { from: '203.0.113.10' })).status).toBe(200)
})

test('another X-Forwarded-For for each request is no way around it', async () => {
  const made = Array.from({ length: 40 }, (_, n) =>
    ask(door, '/auth/status', {
      from: '203.0.113.11',
      headers: { 'x-forwarded-for': `9.9.9.${n}` },
    }),
  )
  const statuses = (await Promise.all(made)).map(({ status }) => status)
  expect(statuses.filter((status) => status === 200)).toHaveLength(20)
})

test('assistants on this machine and the admin do not use up each other’s budget', async () => {
  await setUpAdmin(door, opened)
  const alice = await signedInAs(door)
  for (let n = 0; n < 40; n++) await ask(door, '/mcp', { method: 'POST', body: {} })
  expect((await ask(door, '/mcp', { method: 'POST', body: {} })).status).toBe(429)
  expect((await alice.ask('/api/servers')).status).toBe(200)
})

test('who has signed in is served while somebody floods from the same address', async () => {
  const alice = await signedInAs(door)
  await flood('127.0.0.1')
  expect((await ask(door, '/auth/status')).status).toBe(429)
  expect((await alice.ask('/api/servers')).status).toBe(200)
})

test('a page of another site uses up nobody’s budget', async () => {
  const image = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }
  const answers = await flood('203.0.113.13', image)
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([403]))
  expect((await ask(door, '/auth/status', { from: '203.0.113.13' })).status).toBe(200)
})

test('a program elsewhere uses up nothing of the assistants of this machine', async () => {
  taken.delete('local')
  for (let n = 0; n < 40; n++)
    expect(
      (await ask(door, '/mcp', { method: 'POST', body: {}, from: '203.0.113.14' })).status,
    ).toBe(401)
  expect(taken.has('local')).toBe(false)
})

test('addresses of one network of IPv6 are one asker', async () => {
  const made = Array.from({ length: 40 }, (_, n) =>
    ask(door, '/auth/status', { from: `2001:db8:0:7::${n.toString(16)}` }),
  )
  const statuses = (await Promise.all(made)).map(({ status }) => status)
  expect(statuses.filter((status) => status === 200)).toHaveLength(20)
  expect((await ask(door, '/auth/status', { from: '2001:db8:0:8::1' })).status).toBe(200)
})

test('a refused request for a secret link leaves no token in the log', async () => {
  await ask(door, '/secret-links/the-token', { host: 'evil.example' })
  for (let n = 0; n < 40; n++) await ask(door, '/secret-links/the-token', { from: '203.0.113.15' })
  expect(admin.lines.join('\n')).toContain('/secret-links/…')
  expect(admin.lines.join('\n')).not.toContain('the-token')
})

test('health is told however often it is asked', async () => {
  await flood('203.0.113.12')
  expect((await ask(door, '/health', { from: '203.0.113.12' })).status).toBe(200)
})
