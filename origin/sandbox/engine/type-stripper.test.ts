import { expect, it } from 'vitest'
import type { Stripped } from './strip.ts'
import { typeStripper } from './type-stripper.ts'

const NEVER = new AbortController().signal
const done: Stripped = { code: 'done' }

/** A reader that reads when it is told to, and says what it was given. */
function heldReader() {
  const begun: string[] = []
  const given = new Map<string, PromiseWithResolvers<Stripped | null>>()
  return {
    begun,
    stripTypes: typeStripper(async (code, signal) => {
      begun.push(code)
      const one = Promise.withResolvers<Stripped | null>()
      given.set(code, one)
      signal.addEventListener('abort', () => one.reject(signal.reason as Error))
      return one.promise
    }),
    finish: (code: string, found: Stripped | null = done) => given.get(code)!.resolve(found),
    fail: (code: string) => given.get(code)!.reject(new Error('no thread')),
  }
}

it('reads a text once for all who want it, and remembers what it found', async () => {
  const { begun, stripTypes, finish } = heldReader()
  const both = [stripTypes('a', 'draft', NEVER), stripTypes('a', 'call', NEVER)]
  finish('a')
  expect(await Promise.all(both)).toEqual([done, done])
  expect(await stripTypes('a', 'call', NEVER)).toEqual(done)
  expect(begun).toEqual(['a'])
})

it('lets no number of drafts stand in the way of a call', async () => {
  const { begun, stripTypes, finish } = heldReader()
  const drafts = ['d1', 'd2', 'd3'].map((code) => stripTypes(code, 'draft', NEVER))
  const calls = ['c1', 'c2'].map((code) => stripTypes(code, 'call', NEVER))
  expect(begun).toEqual(['d1', 'c1'])
  finish('d1')
  await drafts[0]
  await expect.poll(() => begun).toEqual(['d1', 'c1', 'c2'])
  finish('c1')
  await calls[0]
  await expect.poll(() => begun).toEqual(['d1', 'c1', 'c2', 'd2'])
})

it('reads a draft as a call once a call wants it', async () => {
  const { begun, stripTypes } = heldReader()
  for (const code of ['d1', 'd2']) void stripTypes(code, 'draft', NEVER)
  void stripTypes('d2', 'call', NEVER)
  expect(begun).toEqual(['d1', 'd2'])
})

it('gives up what nobody wants any more, waiting or begun', async () => {
  const { begun, stripTypes, finish } = heldReader()
  const [first, second] = [new AbortController(), new AbortController()]
  const begunOne = stripTypes('begun', 'draft', first.signal)
  const waiting = stripTypes('waiting', 'draft', second.signal)
  const next = stripTypes('next', 'draft', NEVER)
  second.abort()
  await expect(waiting).rejects.toBe(second.signal.reason)
  first.abort()
  await expect(begunOne).rejects.toBe(first.signal.reason)
  await expect.poll(() => begun).toEqual(['begun', 'next'])
  finish('next')
  expect(await next).toEqual(done)
})

it('goes on for those who stay', async () => {
  const { stripTypes, finish } = heldReader()
  const leaving = new AbortController()
  const left = stripTypes('a', 'call', leaving.signal)
  const stays = stripTypes('a', 'call', NEVER)
  leaving.abort()
  await expect(left).rejects.toBe(leaving.signal.reason)
  finish('a')
  expect(await stays).toEqual(done)
})

it('tries a text again that broke its reader, which may have been bad luck', async () => {
  const { begun, stripTypes, finish } = heldReader()
  const unlucky = stripTypes('a', 'call', NEVER)
  finish('a', null)
  expect(await unlucky).toMatchObject({ message: expect.stringContaining('breaks its reader') })
  const again = stripTypes('a', 'call', NEVER)
  finish('a')
  expect(await again).toEqual(done)
  expect(begun).toEqual(['a', 'a'])
})

it('survives that there is no reader to be had', async () => {
  const { stripTypes, fail, finish } = heldReader()
  const failed = stripTypes('a', 'call', NEVER)
  fail('a')
  await expect(failed).rejects.toThrow('no thread')
  const next = stripTypes('b', 'call', NEVER)
  finish('b')
  expect(await next).toEqual(done)
})
