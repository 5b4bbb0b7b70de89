import { expect, test } from 'vitest'
import { ToolTests } from '#contract/tool-tests.ts'
import {
  ended,
  measured,
  ok,
  ScriptedSandbox,
  untilCancelled,
} from '../../testing/scripted-sandbox.ts'
import { versionText } from '../../testing/tools.ts'
import type { Version } from '../tools/version.ts'
import { runTests } from './run-tests.ts'

const TESTS = ToolTests.parse(['one', 'two', 'three'].map((name) => ({ name, result: name })))
const version = { ...versionText(), hash: 'a'.repeat(64) } as Version

function run(sandbox: ScriptedSandbox, stop = new AbortController(), of: Partial<Version> = {}) {
  const detach = new AbortController().signal
  const onFault = (fault: unknown) => {
    throw fault
  }
  const text = { ...version, ...of }
  return runTests(sandbox, { version: text, tests: TESTS, cancel: stop.signal, detach, onFault })
}

test('one at a time, each under an id of its own', async () => {
  let running = 0
  const sandbox = new ScriptedSandbox(async () => {
    expect(++running).toBe(1)
    await Promise.resolve()
    running--
    return ended(ok('one'))
  })
  const { passed, cases } = await run(sandbox)
  expect([passed, cases.map((one) => one.passed)]).toEqual([false, [true, false, false]])
  expect(new Set(sandbox.asked.map(({ request }) => request.run_id)).size).toBe(3)
})

test('what takes too long together is not run to its end, and that is no pass', async () => {
  const slow = { ...ok('one'), ...measured(), duration_ms: 60_000 }
  const { cases } = await run(new ScriptedSandbox(async () => ended(slow)))
  expect(cases.map(({ passed, why }) => [passed, why])).toEqual([
    [true, null],
    [false, 'It gave "one" instead of "two".'],
    [false, 'It was not run: the tests before it took 90 s together.'],
  ])
})

test('a test has 10 s, and less where its tool has less', async () => {
  const sandbox = new ScriptedSandbox()
  await run(sandbox)
  await run(sandbox, undefined, { timeoutMs: 2_000 })
  const times = new Set(sandbox.asked.map(({ request }) => request.limits.timeout_ms))
  expect([...times]).toEqual([10_000, 2_000])
})

test('cancelled tests have no report, also when it was the last one', async () => {
  const stop = new AbortController()
  const sandbox: ScriptedSandbox = new ScriptedSandbox((run) => {
    if (sandbox.asked.length < TESTS.length) return Promise.resolve(ended(ok('one')))
    const ending = untilCancelled(run)
    stop.abort()
    return ending
  })
  await expect(run(sandbox, stop)).rejects.toMatchObject({ name: 'AbortError' })
  expect(sandbox.asked).toHaveLength(3)
})

test.each([
  ['is away', async () => Promise.reject(new Error('away')), 'away'],
  ['started anew', async () => 'other_boot' as const, 'does not answer'],
  [
    'lost the run',
    async () => ended({ kind: 'killed', reason: 'sandbox_lost', message: 'gone', ...measured() }),
    'does not answer',
  ],
])('a sandbox that %s is no failure of a test', async (_what, script, why) => {
  await expect(run(new ScriptedSandbox(script))).rejects.toThrow(why)
})

test('a language that nothing runs here is not tested', async () => {
  const sandbox = new ScriptedSandbox()
  sandbox.runtimes = { python: '3.11.2', typescript: null }
  await expect(run(sandbox, undefined, { language: 'typescript' })).rejects.toMatchObject({
    problem: { code: 'sandbox_unreachable' },
  })
  expect(sandbox.asked).toEqual([])
})
