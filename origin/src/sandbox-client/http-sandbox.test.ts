import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { RunRequest } from '#contract/sandbox.ts'
import type { RunNews } from '../domain/sandbox.ts'
import { measured, ok } from '../testing/scripted-sandbox.ts'
import { breakOff, hangUp, held, json, mute, stream, tinySandbox } from '../testing/tiny-sandbox.ts'
import { manifest } from '../testing/tools.ts'
import { httpSandbox } from './http-sandbox.ts'

const bootId = randomUUID()
const never = new AbortController().signal
const request: RunRequest = {
  run_id: 'run/1',
  version: {
    hash: 'h',
    language: 'python',
    code: 'def main(): ...',
    manifest: manifest(),
    module_lock: null,
  },
  input: { city: 'Bern' },
  secrets: {},
  bound_secrets: [],
  withdrawals: [],
  answered_by: 'network',
  limits: { timeout_ms: 1_000, memory_bytes: 1, cpu_s: 1, open_files: 1 },
}
const progress = (seq: number) => ({ type: 'progress', seq, progress: seq })
const outcome = (seq: number) => ({ type: 'outcome', seq, outcome: ok('done') })
const lost = (seq: number) => ({
  seq,
  outcome: {
    kind: 'killed',
    reason: 'sandbox_lost',
    message: expect.stringContaining('not run again'),
  },
})

function connect(url: string, onNews: (said: RunNews) => void = () => {}) {
  const sandbox = httpSandbox({ url, apiKey: 'the key', answerMs: 50, pauseMs: 1 })
  const heard: RunNews[] = []
  function news(said: RunNews): void {
    heard.push(said)
    onNews(said)
  }
  return {
    sandbox,
    heard,
    run: (how: { cancel?: AbortSignal; detach?: AbortSignal; sentBefore?: boolean } = {}) =>
      sandbox.run(bootId, request, {
        news,
        cancel: never,
        detach: never,
        sentBefore: false,
        ...how,
      }),
  }
}

test('a run is sent with the key and the boot that is meant, and heard to its outcome', async () => {
  await using tiny = await tinySandbox(stream({ type: 'heartbeat' }, progress(1), outcome(2)))
  const { run, heard } = connect(tiny.url)
  expect(await run()).toEqual({ seq: 2, outcome: ok('done') })
  expect(heard).toEqual([progress(1)])
  expect(tiny.heard).toMatchObject([{ method: 'POST', path: '/runs', key: 'the key' }])
  expect(JSON.parse(tiny.heard[0]?.body ?? '')).toEqual({ boot_id: bootId, run: request })
})

test('a broken stream is asked for again, the run is sent once, and no news is told twice', async () => {
  await using tiny = await tinySandbox(
    held(progress(1)),
    hangUp,
    held(progress(1), progress(2)),
    stream(progress(1), progress(2), progress(3), outcome(4)),
  )
  const { run, heard } = connect(tiny.url, ({ seq }) => seq < 3 && tiny.cut())
  expect(await run()).toMatchObject({ seq: 4, outcome: { kind: 'ok' } })
  expect(heard).toEqual([progress(1), progress(2), progress(3)])
  expect(tiny.heard.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /runs',
    'GET /runs/run%2F1/events?after=1',
    'GET /runs/run%2F1/events?after=1',
    'GET /runs/run%2F1/events?after=2',
  ])
})

test('a stream that ends well but without an outcome is asked for again, too', async () => {
  await using tiny = await tinySandbox(stream(progress(1)), stream(outcome(2)))
  expect(await connect(tiny.url).run()).toMatchObject({ seq: 2, outcome: { kind: 'ok' } })
})

test('a sandbox that began anew has lost the run', async () => {
  await using tiny = await tinySandbox(held(progress(1), progress(2)), json({}, 404), json({}, 409))
  const cutAfterTwo = ({ seq }: RunNews) => seq === 2 && tiny.cut()
  expect(await connect(tiny.url, cutAfterTwo).run()).toMatchObject(lost(3))
})

test('another boot than the one that is meant ran nothing', async () => {
  await using tiny = await tinySandbox(json({}, 409))
  expect(await connect(tiny.url).run()).toBe('other_boot')
})

test('the boot that was heard of last is known until it refuses a run', async () => {
  const health = {
    status: 'ready',
    isolation: { level: 'S3', layers: [] },
    runtimes: { python: '3.11.2', typescript: null },
    missing: [],
    self_test: { passed: [], failed: [], checked_at: '2026-01-01T00:00:00Z' },
    running: 0,
  }
  const next = randomUUID()
  await using tiny = await tinySandbox(
    json({ ...health, boot_id: bootId }),
    json({}, 409),
    json({ ...health, boot_id: next }),
    json({}, 409),
  )
  const { sandbox, run } = connect(tiny.url)
  expect(sandbox.boot).toBeNull()
  await sandbox.health(never)
  expect(sandbox.boot).toBe(bootId)
  await run()
  expect(sandbox.boot).toBeNull()
  await sandbox.health(never)
  await run()
  expect(sandbox.boot).toBe(next)
})

describe('a run that was sent before, and is not known', () => {
  const notKnown = json({}, 404)

  test('is begun by the boot it was sent to, which never got it', async () => {
    await using tiny = await tinySandbox(notKnown, stream(progress(1), outcome(2)))
    expect(await connect(tiny.url).run({ sentBefore: true })).toMatchObject({ seq: 2 })
    expect(tiny.heard.map(({ method }) => method)).toEqual(['GET', 'POST'])
  })

  test.each([
    ['another boot of the sandbox', 409],
    ['the boot that had it, and forgot its end', 410],
  ])('is lost at %s', async (_where, status) => {
    await using tiny = await tinySandbox(notKnown, json({}, status))
    expect(await connect(tiny.url).run({ sentBefore: true })).toMatchObject(lost(1))
    expect(tiny.heard).toHaveLength(2)
  })

  test('is not begun when it was cancelled meanwhile', async () => {
    await using tiny = await tinySandbox(notKnown)
    const cancel = AbortSignal.abort()
    expect(await connect(tiny.url).run({ sentBefore: true, cancel })).toMatchObject(lost(1))
    expect(tiny.heard.filter(({ method }) => method === 'POST')).toEqual([])
  })
})

test('a stream that stays broken is given up: the run is lost, not unreachable', async () => {
  await using tiny = await tinySandbox(held(progress(1)), hangUp)
  expect(await connect(tiny.url, () => tiny.cut()).run()).toMatchObject(lost(2))
  expect(tiny.heard).toHaveLength(6)
})

test('a run that may have arrived is never said not to have run', async () => {
  await using tiny = await tinySandbox(hangUp)
  expect(await connect(tiny.url).run()).toMatchObject(lost(1))
})

/** An address at which nobody listens any more. */
async function nobody(): Promise<string> {
  await using tiny = await tinySandbox(mute)
  return tiny.url
}

test('a sandbox that nobody can connect to ran nothing', async () => {
  await expect(connect(await nobody()).run()).rejects.toMatchObject({
    problem: {
      code: 'sandbox_unreachable',
      message: 'The sandbox does not answer; nothing was run. Try again in a moment.',
    },
  })
})

test('unless somebody had sent the run before: then it is lost', async () => {
  expect(await connect(await nobody()).run({ sentBefore: true })).toMatchObject(lost(1))
})

test('a sandbox whose places are all taken says so', async () => {
  await using tiny = await tinySandbox(json({}, 503))
  await expect(connect(tiny.url).run()).rejects.toMatchObject({ problem: { code: 'busy' } })
})

test('cancelling ends the run in the sandbox, whose outcome is still heard', async () => {
  const cancel = new AbortController()
  const killed = {
    kind: 'killed',
    reason: 'cancelled',
    message: 'It was cancelled.',
    ...measured(),
  }
  await using tiny = await tinySandbox(async (response) => {
    response.write(`${JSON.stringify(progress(1))}\n`, () => cancel.abort())
    while (!tiny.heard.some(({ method }) => method === 'DELETE'))
      await new Promise((resolve) => setImmediate(resolve))
    response.end(`${JSON.stringify({ type: 'outcome', seq: 2, outcome: killed })}\n`)
  })
  expect(await connect(tiny.url).run({ cancel: cancel.signal })).toEqual({
    seq: 2,
    outcome: killed,
  })
  expect(tiny.heard.at(-1)).toMatchObject({
    method: 'DELETE',
    path: '/runs/run%2F1',
    key: 'the key',
  })
})

test('a run that was cancelled before it was sent is cancelled once it is there', async () => {
  await using tiny = await tinySandbox(stream(outcome(1)))
  await connect(tiny.url).run({ cancel: AbortSignal.abort() })
  await expect.poll(() => tiny.heard.map(({ method }) => method)).toEqual(['POST', 'DELETE'])
})

test('letting go leaves the run running and throws the reason', async () => {
  const detach = new AbortController()
  await using tiny = await tinySandbox((response) => {
    response.write(`${JSON.stringify(progress(1))}\n`, () =>
      detach.abort(new Error('shutting down')),
    )
  })
  await expect(connect(tiny.url).run({ detach: detach.signal })).rejects.toThrow('shutting down')
  expect(tiny.heard.map(({ method }) => method)).toEqual(['POST'])
})

test('health and analyses are read', async () => {
  const health = {
    status: 'ready',
    boot_id: bootId,
    isolation: { level: 'S3', layers: [] },
    runtimes: { python: '3.11.2', typescript: null },
    missing: [],
    self_test: { passed: [], failed: [], checked_at: '2026-01-01T00:00:00Z' },
    running: 0,
  }
  const analysis = { valid: false, message: 'no main', line: null }
  await using tiny = await tinySandbox(json(health), json(analysis))
  const { sandbox } = connect(tiny.url)
  expect(await sandbox.health(never)).toEqual(health)
  expect(await sandbox.analyze({ language: 'python', code: 'x = 1' }, never)).toEqual(analysis)
  expect(tiny.heard[1]).toMatchObject({
    path: '/analyses',
    body: '{"language":"python","code":"x = 1"}',
  })
})

test('what is withdrawn of a run is said in pieces that the sandbox takes', async () => {
  await using tiny = await tinySandbox((response) => void response.writeHead(204).end())
  const line = { kind: 'host' as const, value: 'a.example', in_ms: 0 }
  const lines = Array.from({ length: 501 }, () => line)
  await connect(tiny.url).sandbox.withdraw('run 1', lines)
  const bodies = tiny.heard.map(({ path, body }) => [path, JSON.parse(body).withdrawals.length])
  expect(bodies).toEqual([
    ['/runs/run%201/withdrawals', 500],
    ['/runs/run%201/withdrawals', 1],
  ])
})

test.each([
  ['hangs up', hangUp],
  ['is silent', mute],
  ['breaks off in the middle', breakOff],
])('a sandbox that %s is unreachable', async (_what, answer) => {
  await using tiny = await tinySandbox(answer)
  expect(await refusalsAt(tiny.url)).toEqual(Array(3).fill('sandbox_unreachable'))
})

test('a sandbox that is not there is unreachable', async () => {
  expect(await refusalsAt(await nobody())).toEqual(Array(3).fill('sandbox_unreachable'))
})

/** The codes of asking for health, for an analysis, and to take something from a run there. */
async function refusalsAt(url: string): Promise<unknown[]> {
  const { sandbox } = connect(url)
  const settled = await Promise.allSettled([
    sandbox.health(never),
    sandbox.analyze({ language: 'python', code: '' }, never),
    sandbox.withdraw('a', [{ kind: 'host', value: 'a.example', in_ms: 0 }]),
  ])
  return settled.map((one) => one.status === 'rejected' && one.reason.problem?.code)
}

test('a caller that gives up gets its own reason', async () => {
  await using tiny = await tinySandbox(mute)
  const stop = AbortSignal.abort(new Error('shutting down'))
  await expect(connect(tiny.url).sandbox.health(stop)).rejects.toThrow('shutting down')
})
