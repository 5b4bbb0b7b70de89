import { expect, test } from 'vitest'
import { MAX_QUEUED_MS } from '#contract/limits.ts'
import { OpId } from '#contract/operation.ts'
import { MAX_WAITING_BYTES, MAX_WAITING_CALLS, WaitingLine } from './waiting-line.ts'

const BEGIN = Date.UTC(2026, 0, 1)

/** A line whose storage and clock are the test's. */
function lineAt(now = BEGIN) {
  const stored = new Map<string, unknown>()
  const clock = { now }
  const kv = {
    get: (key: string) => structuredClone(stored.get(key)),
    put: (key: string, value: unknown) => void stored.set(key, structuredClone(value)),
    delete: (key: string) => stored.delete(key),
  }
  return { line: new WaitingLine(kv as never, () => clock.now), stored, clock }
}

function arrival(request = '{}') {
  const opId = OpId.parse(crypto.randomUUID())
  const principal = { kind: 'service', clientId: 'a' } as const
  return { opId, principal, requestId: 'a-request', request }
}

test('calls leave in the order in which they came', () => {
  const { line } = lineAt()
  const calls = [arrival('1'), arrival('2'), arrival('3')]
  for (const call of calls) line.join(call)
  const seen: string[] = []
  for (let first = line.first(); first !== null; first = line.first()) {
    seen.push(first.request)
    line.leave(first.call.opId, null)
  }
  expect(seen).toEqual(['1', '2', '3'])
})

test('a call that comes again keeps its place and its time', () => {
  const { line, clock } = lineAt()
  const call = arrival()
  const first = line.join(call)
  clock.now += 1_000
  line.join(arrival())
  expect(line.join(call)).toEqual(first)
  expect(line.length).toBe(2)
})

test('a call waits for a day, and not a millisecond longer', () => {
  const { line, clock } = lineAt()
  const call = arrival()
  expect(line.join(call)).toEqual({ since: BEGIN, until: BEGIN + MAX_QUEUED_MS })
  clock.now += MAX_QUEUED_MS - 1
  expect(line.expire(null)).toEqual([])
  clock.now += 1
  expect(line.expire(null)).toMatchObject([{ opId: call.opId }])
  expect(line.first()).toBeNull()
  expect(line.find(call.opId)).toMatchObject({
    is: 'dropped',
    problem: {
      code: 'call_expired',
      message:
        'The call waited for MCPbox from 2026-01-01T00:00:00.000Z to 2026-01-02T00:00:00.000Z, and was given up then.',
    },
  })
})

test('a call does not expire while it is being delivered', () => {
  const { line, clock } = lineAt()
  const call = arrival()
  line.join(call)
  clock.now += 2 * MAX_QUEUED_MS
  expect(line.expire(call.opId)).toEqual([])
  expect(line.find(call.opId)).toMatchObject({ is: 'waiting' })
})

test('a clock that is set back delivers nothing that was given up', () => {
  const { line, clock } = lineAt()
  const call = arrival()
  line.join(call)
  clock.now += MAX_QUEUED_MS
  line.expire(null)
  clock.now = BEGIN - MAX_QUEUED_MS
  expect(line.first()).toBeNull()
  expect(line.find(call.opId)).toMatchObject({ is: 'dropped' })
})

test('a request of somebody who fills the line is refused, and leaves no trace', () => {
  const { line, stored } = lineAt()
  for (let n = 0; n < MAX_WAITING_CALLS; n++) line.join(arrival())
  const before = stored.size
  expect(line.join(arrival())).toMatchObject({ problem: { code: 'queue_full' } })
  expect(stored.size).toBe(before)
  const first = line.first()
  if (first === null) throw new Error('nothing waits')
  line.leave(first.call.opId, null)
  expect(line.join(arrival())).toHaveProperty('since')
})

test('bytes are counted, not characters', () => {
  const { line } = lineAt()
  expect(line.join(arrival('é'.repeat(500_000)))).toHaveProperty('since')
  expect(line.join(arrival(`é${'é'.repeat(500_000)}`))).toMatchObject({
    problem: { code: 'body_too_large' },
  })
  for (let at = 1; at < MAX_WAITING_BYTES / 1_000_000; at++) line.join(arrival('x'.repeat(1e6)))
  expect(line.join(arrival('x'))).toMatchObject({ problem: { code: 'queue_full' } })
})

test('of many calls that were dropped the newest are remembered', () => {
  const { line } = lineAt()
  const problem = { code: 'operation_conflict', message: 'No.' } as const
  const calls = Array.from({ length: 250 }, () => arrival())
  for (const call of calls) {
    line.join(call)
    line.leave(call.opId, { is: 'dropped', problem })
  }
  expect(calls.filter(({ opId }) => line.find(opId) !== null)).toEqual(calls.slice(50))
})

test('deliveries that find nobody come after longer and longer pauses, until one finds somebody', () => {
  const { line } = lineAt()
  line.join(arrival())
  const pauses = Array.from({ length: 9 }, () => {
    const dueAt = line.dueAt() ?? 0
    line.tried()
    return (dueAt - BEGIN) / 1_000
  })
  expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300])
  line.sawOrigin()
  expect(line.dueAt()).toBe(BEGIN + 5_000)
})

test('a delivery may fail for half an hour, however often', () => {
  const { line, clock } = lineAt()
  const call = arrival()
  line.join(call)
  for (let n = 0; n < 100; n++) expect(line.failed(call.opId)).toBe(false)
  clock.now += 30 * 60_000 - 1
  expect(line.failed(call.opId)).toBe(false)
  clock.now += 1
  expect(line.failed(call.opId)).toBe(true)
})

test('what became of a call is forgotten after a day, and then nothing is due any more', () => {
  const { line, clock } = lineAt()
  const call = arrival()
  line.join(call)
  expect(line.dueAt()).toBe(BEGIN + 5_000)
  line.leave(call.opId, { is: 'delivered', opId: OpId.parse(crypto.randomUUID()) })
  expect(line.dueAt()).toBe(BEGIN + MAX_QUEUED_MS)
  clock.now += MAX_QUEUED_MS
  line.expire(null)
  expect(line.find(call.opId)).toBeNull()
  expect(line.dueAt()).toBeNull()
})
