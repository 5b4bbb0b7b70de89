import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'

const fresh = () => env.EDGE_MEMORY.getByName(crypto.randomUUID())

test('what was kept is there after the object was evicted', async () => {
  const memory = fresh()
  expect(await memory.read()).toBeNull()
  await memory.keep({ etag: 'one', text: 'kept' })
  await evictDurableObject(memory)
  expect(await memory.read()).toEqual({ etag: 'one', text: 'kept' })
  expect(await memory.etag()).toBe('one')
})

test('a text of megabytes is kept whole, and a shorter one after it', async () => {
  const memory = fresh()
  const long = 'é'.repeat(1_700_001)
  await memory.keep({ etag: 'long', text: long })
  expect((await memory.read())?.text).toBe(long)
  await memory.keep({ etag: 'short', text: 'short' })
  await evictDurableObject(memory)
  expect((await memory.read())?.text).toBe('short')
})

test('something is away since it was first missed, until it is seen', async () => {
  const memory = fresh()
  expect(await memory.missed(2_000)).toBe(2_000)
  await evictDurableObject(memory)
  expect(await memory.missed(5_000)).toBe(2_000)
  await memory.seen()
  expect(await memory.missed(7_000)).toBe(7_000)
})

test('an isolate that missed it earlier than another says so', async () => {
  const memory = fresh()
  expect(await memory.missed(5_000)).toBe(5_000)
  expect(await memory.missed(4_000)).toBe(4_000)
})
