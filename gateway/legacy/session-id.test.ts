import { expect, test } from 'vitest'
import { ALICE, BOB, KEY } from '../testing/mounted-gateway.ts'
import { packCapabilities, unpackCapabilities } from './client-capabilities.ts'
import { SessionIds } from './session-id.ts'

const NOON = Date.UTC(2026, 10, 21, 12)
const ids = new SessionIds(KEY, () => NOON)
const about = {
  protocolVersion: '2025-11-25',
  capabilities: 0,
  client: { name: 'claude-ai', version: '1.2.3' },
}

test('an id tells what was said of the session', async () => {
  const claims = await ids.verify(await ids.issue(about, ALICE), ALICE)
  expect(claims).toEqual({
    ...about,
    id: expect.stringMatching(/^[\w-]{22}$/),
    issuedAt: NOON / 1000,
  })
})

test('two sessions never share a name', async () => {
  const issued = await Promise.all([ids.issue(about, ALICE), ids.issue(about, ALICE)])
  expect(new Set(issued).size).toBe(2)
})

test.each([
  ['long', 'x'.repeat(1_000)],
  ['multi-byte', '雪'.repeat(200)],
  ['made of quotes', '"\\'.repeat(200)],
  ['made of control characters', '\u0000\u001b'.repeat(200)],
  ['half a surrogate pair', '\ud83d'.repeat(50)],
])('a client name that is %s keeps the id short', async (_what, name) => {
  const client = { name, version: name }
  const id = await ids.issue({ ...about, capabilities: 255, client }, ALICE)
  expect(id).toMatch(/^[\x21-\x7e]{1,400}$/)
  expect(await ids.verify(id, ALICE)).toMatchObject({ protocolVersion: '2025-11-25' })
})

test('an id is another kind of principal’s forgery', async () => {
  const id = await ids.issue(about, { kind: 'user', sub: 'x', email: 'x@example.com' })
  expect(await ids.verify(id, { kind: 'service', clientId: 'x' })).toBeNull()
  expect(await ids.verify(id, BOB)).toBeNull()
})

test('an id of another key is a forgery', async () => {
  const others = new SessionIds('another key, also of more than 32 characters', () => NOON)
  expect(await ids.verify(await others.issue(about, ALICE), ALICE)).toBeNull()
})

test('a key that can be guessed is refused at the start', () => {
  expect(() => new SessionIds('short', () => NOON)).toThrow(RangeError)
})

test.each([
  {},
  { elicitation: {} },
  { elicitation: { form: {}, url: {} } },
  { sampling: {}, roots: { listChanged: true } },
  { sampling: { tools: {}, context: {} } },
])('capabilities %j survive the id', (capabilities) => {
  expect(unpackCapabilities(packCapabilities(capabilities))).toEqual(capabilities)
})
