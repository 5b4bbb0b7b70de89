import { expect, test } from 'vitest'
import { begun, finished, freshRing, type KeyRing } from '../../domain/tunnel-keys/key-ring.ts'
import { KnownKeys, type Clock } from './known-keys.ts'

/** A clock that stands until it is moved; pauses end when it passes them. */
function standingClock() {
  let now = 0
  const waiting: { until: number; go: () => void }[] = []
  const clock: Clock = {
    now: () => now,
    pause: (ms) => new Promise((go) => waiting.push({ until: now + ms, go })),
  }
  return {
    clock,
    waiting,
    move: (ms: number) => {
      now += ms
      for (const one of waiting.splice(0)) if (one.until <= now) one.go()
    },
  }
}

function keysOf(ring: KeyRing) {
  const time = standingClock()
  const kept = { ring, readings: 0, gate: Promise.resolve(), fault: null as Error | null }
  let notice: (about: string | null) => void = () => {}
  const keys = new KnownKeys({
    async read() {
      kept.readings++
      const seen = kept.ring
      await kept.gate
      if (kept.fault !== null) throw kept.fault
      return seen
    },
    notices: {
      on(_channel, listener) {
        notice = listener
        return { [Symbol.dispose]: () => {} }
      },
    },
    clock: time.clock,
  })
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  return { keys, kept, ...time, settled, notify: () => notice(null) }
}

const ring = freshRing()
const token = ring.current.serviceToken

test('calls with a good token read nothing', async () => {
  const { keys, kept } = keysOf(ring)
  for (let n = 0; n < 100; n++)
    expect(await keys.match(token)).toMatchObject({ pair: ring.current })
  expect(kept.readings).toBe(1)
})

test('a flood of wrong tokens is one reading a pause, and every one of them is refused', async () => {
  const { keys, kept, move, settled, waiting } = keysOf(ring)
  await keys.match(token)
  const flood = Array.from({ length: 1_000 }, (_, n) => keys.match(`wrong-${n}`))
  await settled()
  expect(kept.readings).toBe(1)
  expect(waiting).toHaveLength(1)
  move(250)
  expect(new Set((await Promise.all(flood)).map((it) => it.pair))).toEqual(new Set([null]))
  expect(kept.readings).toBe(2)
})

test('a flood of wrong tokens does not hold up the good one', async () => {
  const { keys, waiting } = keysOf(ring)
  await keys.match(token)
  const flood = Array.from({ length: 100 }, () => keys.match('wrong'))
  expect(await keys.match(token)).toMatchObject({ pair: ring.current })
  expect(waiting.length).toBeLessThanOrEqual(1)
  void flood
})

test('no token at all reads nothing', async () => {
  const { keys, kept } = keysOf(ring)
  expect(await keys.match('')).toEqual({ pair: null, holds: 'none' })
  expect(kept.readings).toBe(0)
})

test('a token that came while an older reading ran is judged by a newer one', async () => {
  const { keys, kept, move, settled } = keysOf(ring)
  let open = () => {}
  kept.gate = new Promise<void>((resolve) => (open = resolve))
  const early = keys.match('wrong')
  await settled()
  // The reading under way has seen the old ring; now the rotation begins, and its token comes.
  const next = begun(ring)
  kept.ring = next
  const late = keys.match(next.next.serviceToken)
  kept.gate = Promise.resolve()
  open()
  expect(await early).toMatchObject({ pair: null })
  await settled()
  move(250)
  expect(await late).toMatchObject({ pair: next.next })
})

test('a notice that comes while it reads makes it read again', async () => {
  const { keys, kept, move, notify, settled } = keysOf(ring)
  let open = () => {}
  kept.gate = new Promise<void>((resolve) => (open = resolve))
  const before = keys.match(token)
  await settled()
  const after = begun(ring)
  kept.ring = finished(after, after.next.id) ?? ring
  notify()
  kept.gate = Promise.resolve()
  open()
  await before
  move(250)
  expect(await keys.match(token)).toEqual({ pair: null, holds: 'retired' })
})

test('what was read is not trusted for ever, though no notice comes', async () => {
  const { keys, kept, move } = keysOf(ring)
  await keys.match(token)
  const after = begun(ring)
  kept.ring = finished(after, after.next.id) ?? ring
  expect(await keys.match(token)).toMatchObject({ pair: ring.current })
  move(30_001)
  const late = keys.match(token)
  expect(await late).toEqual({ pair: null, holds: 'retired' })
})

test('while the ring cannot be read nobody is let in by it, and later it is read again', async () => {
  const { keys, kept, move } = keysOf(ring)
  kept.fault = new Error('no database')
  await expect(keys.match(token)).rejects.toThrow('no database')
  kept.fault = null
  move(250)
  expect(await keys.match(token)).toMatchObject({ pair: ring.current })
})

test('a pair that is missing, empty or cut lets nobody in', async () => {
  const { keys, move, settled } = keysOf({ ...ring, next: null })
  await keys.match(token)
  const tries = ['null', 'undefined', token.slice(1), `${token} `, '\0'].map((it) => keys.match(it))
  await settled()
  move(250)
  for (const verdict of await Promise.all(tries)) expect(verdict.pair).toBeNull()
})
