import { describe, expect, it } from 'vitest'
import { HostGrant } from '#contract/host-grant.ts'
import { LONGEST_CALL_MS } from '#contract/limits.ts'
import { EMPTY_MANIFEST } from '#contract/manifest.ts'
import type { Outcome, RunRequest } from '#contract/sandbox.ts'
import type { Run } from '../calls/run.ts'
import { USUAL_LIMITS } from '../levels/prove.ts'
import { linesOf, parse } from '../testing/lines.ts'
import type { EventLog } from './event-log.ts'
import { runRegistry, type Registry } from './registry.ts'

const DONE: Outcome = { kind: 'refused', message: 'done' }

function requestOf(runId: string) {
  const version = {
    hash: 'h',
    language: 'python' as const,
    code: '',
    manifest: EMPTY_MANIFEST,
    module_lock: null,
  }
  return {
    run_id: runId,
    version,
    input: {},
    secrets: {},
    bound_secrets: [],
    withdrawals: [],
    answered_by: 'network' as const,
    limits: USUAL_LIMITS,
  }
}

/** A run that lasts until it is let go or cancelled, and counts its starts. */
function heldRun() {
  const { promise, resolve } = Promise.withResolvers<void>()
  const held = { starts: 0, release: () => resolve() }
  const run: Run = async (_, { onEvent }, signal) => {
    held.starts++
    onEvent({ type: 'log', level: 'info', data: 'started' })
    const cancelled = Promise.withResolvers<void>()
    signal.addEventListener('abort', () => cancelled.resolve())
    await Promise.race([promise, cancelled.promise])
    return DONE
  }
  return { ...held, run, starts: () => held.starts }
}

function started(runs: Registry, request: RunRequest): EventLog {
  const log = runs.start(request)
  if (typeof log === 'string') throw new Error(log)
  return log
}

const LOG = { type: 'log', seq: 1, level: 'info', data: 'started' }
const OUTCOME = { type: 'outcome', seq: 2, outcome: DONE }

/** A run that tells, when it is let go, whether it may still reach the host. */
function losingRun() {
  const { promise, resolve } = Promise.withResolvers<void>()
  const run: Run = async (_, { withdrawn }) => {
    await promise
    return { kind: 'refused', message: withdrawn.host(HOST) ? 'lost' : 'kept' }
  }
  return { run, release: () => resolve() }
}
const HOST = HostGrant.parse('a.example')
const LOST = [{ kind: 'host' as const, value: 'a.example', in_ms: 0 }]

async function saidBy(log: EventLog): Promise<unknown> {
  const lines = await linesOf(log.follow(0))
  return lines.at(-1)
}
const saying = (message: string) => ({ outcome: { kind: 'refused', message } })

describe('what is withdrawn', () => {
  it('is lost by the run while it goes on, and by no other', async () => {
    const held = losingRun()
    const runs = runRegistry(held.run, 10)
    const [one, other] = [started(runs, requestOf('a')), started(runs, requestOf('b'))]
    runs.withdraw('a', LOST)
    held.release()
    expect(await saidBy(one)).toMatchObject(saying('lost'))
    expect(await saidBy(other)).toMatchObject(saying('kept'))
  })

  it('before the run has come is lost by it from the start', async () => {
    const held = losingRun()
    const runs = runRegistry(held.run, 10)
    runs.withdraw('a', LOST)
    const log = started(runs, requestOf('a'))
    held.release()
    expect(await saidBy(log)).toMatchObject(saying('lost'))
  })

  it('comes with a run, too', async () => {
    const held = losingRun()
    const runs = runRegistry(held.run, 10)
    const log = started(runs, { ...requestOf('a'), withdrawals: LOST })
    held.release()
    expect(await saidBy(log)).toMatchObject(saying('lost'))
  })

  it('of runs that do not come is forgotten in time, and past a number', async () => {
    let now = 0
    const held = losingRun()
    const runs = runRegistry(held.run, 10, () => now)
    for (let at = 0; at <= 10_001; at++) runs.withdraw(`run ${at}`, LOST)
    const first = started(runs, requestOf('run 0'))
    const last = started(runs, requestOf('run 10001'))
    now = 1_200_001
    const late = started(runs, requestOf('run 10000'))
    held.release()
    expect(await Promise.all([first, last, late].map(saidBy))).toMatchObject([
      saying('kept'),
      saying('lost'),
      saying('kept'),
    ])
  })
})

describe('a run', () => {
  it('is started once, however often it is sent', async () => {
    const held = heldRun()
    const runs = runRegistry(held.run, 10)
    const readers = [started(runs, requestOf('a')), started(runs, requestOf('a'))]
    const lines = Promise.all(readers.map((log) => linesOf(log.follow(0))))
    held.release()
    expect(await lines).toEqual([
      [LOG, OUTCOME],
      [LOG, OUTCOME],
    ])
    expect(started(runs, requestOf('a')).ended()).toBe(true)
    expect(held.starts()).toBe(1)
  })

  it('is read from any event on, also after its end', async () => {
    const held = heldRun()
    const runs = runRegistry(held.run, 10)
    runs.start(requestOf('a'))
    held.release()
    await linesOf(runs.find('a')!.follow(0))
    expect(await linesOf(runs.find('a')!.follow(1))).toEqual([OUTCOME])
    expect(await linesOf(runs.find('a')!.follow(2))).toEqual([])
  })

  it('ends when it is cancelled, and not when its reader leaves', async () => {
    const runs = runRegistry(heldRun().run, 10)
    for await (const event of started(runs, requestOf('a')).follow(0)) {
      expect(parse(event)).toEqual(LOG)
      break
    }
    expect(runs.running()).toBe(1)
    expect(await runs.cancel('a')).toBe(true)
    expect(runs.running()).toBe(0)
    expect(await runs.cancel('b')).toBe(false)
  })

  it('whose port throws still has an outcome', async () => {
    const runs = runRegistry(() => Promise.reject(new Error('no more processes')), 10)
    const log = started(runs, requestOf('a'))
    const message = 'the sandbox failed: no more processes'
    expect(await linesOf(log.follow(0))).toEqual([
      { type: 'outcome', seq: 1, outcome: { kind: 'refused', message } },
    ])
  })

  it('is forgotten two minutes after its end', async () => {
    let now = 1_000
    const runs = runRegistry(
      () => Promise.resolve(DONE),
      10,
      () => now,
    )
    await linesOf(started(runs, requestOf('a')).follow(0))
    now += 119_000
    expect(runs.find('a')).not.toBeNull()
    now += 2_000
    expect(runs.find('a')).toBeNull()
  })

  it('is not started again when it was forgotten, for as long as anybody may send it again', async () => {
    let now = 1_000
    const held = heldRun()
    held.release()
    const runs = runRegistry(held.run, 10, () => now)
    await linesOf(started(runs, requestOf('a')).follow(0))
    now += 121_000
    expect(runs.start(requestOf('a'))).toBe('forgotten')
    now += LONGEST_CALL_MS
    expect(runs.start(requestOf('a'))).toBe('forgotten')
    now += 1_200_000
    started(runs, requestOf('a'))
    expect(held.starts()).toBe(2)
  })

  it('is forgotten earlier when ended runs hold too much', async () => {
    const value = 'x'.repeat(900_000)
    const stdout = { text: '', bytes: 0, truncated: false }
    const big: Outcome = { kind: 'ok', value, stdout, duration_ms: 1, isolation: null }
    const runs = runRegistry(() => Promise.resolve(big), 10)
    for (let count = 0; count < 80; count++) {
      await linesOf(started(runs, requestOf(`run-${count}`)).follow(0))
    }
    expect(runs.find('run-0')).toBeNull()
    expect(runs.find('run-79')).not.toBeNull()
  })
})

it('forgets what has ended where it has no room beside what runs', async () => {
  const held = heldRun()
  const runs = runRegistry((request, caller, signal) => {
    if (request.run_id === 'quick') return Promise.resolve(DONE)
    caller.onEvent({ type: 'log', level: 'info', data: 'x'.repeat(990_000) })
    return held.run(request, caller, signal)
  }, 100)
  await linesOf(started(runs, requestOf('quick')).follow(0))
  for (let count = 0; count < 60; count++) runs.start(requestOf(`run-${count}`))
  expect(runs.find('quick')).not.toBeNull()
  for (let count = 60; count < 66; count++) runs.start(requestOf(`run-${count}`))
  expect(runs.find('quick')).toBeNull()
  expect(runs.find('run-0')).not.toBeNull()
  await runs.close()
})

it('forgets in the order of the ends, not of the beginnings', async () => {
  let now = 0
  const held = heldRun()
  const runs = runRegistry(
    (request, ...rest) => (request.run_id === 'slow' ? held.run(request, ...rest) : quick()),
    10,
    () => now,
  )
  const quick = () => Promise.resolve(DONE)
  const slow = started(runs, requestOf('slow'))
  await linesOf(started(runs, requestOf('quick')).follow(0))
  now += 100_000
  held.release()
  await linesOf(slow.follow(0))
  now += 21_000
  expect(runs.find('quick')).toBeNull()
  expect(runs.find('slow')).not.toBeNull()
  now += 100_000
  expect(runs.find('slow')).toBeNull()
  expect(runs.running()).toBe(0)
})

it('takes no more runs than it has places', () => {
  const runs = runRegistry(heldRun().run, 1)
  started(runs, requestOf('a'))
  expect(runs.start(requestOf('b'))).toBe('busy')
})

it('keeps the first thousand events of a talkative run, and always its outcome', async () => {
  const runs = runRegistry((_, { onEvent }) => {
    for (let count = 0; count < 5_000; count++) onEvent({ type: 'progress', progress: count })
    return Promise.resolve(DONE)
  }, 10)
  const events = await linesOf(started(runs, requestOf('a')).follow(0))
  expect(events).toHaveLength(1_001)
  expect(events.at(-1)).toMatchObject({ type: 'outcome', seq: 1_001 })
})
