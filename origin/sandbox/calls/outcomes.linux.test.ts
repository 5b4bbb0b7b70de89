import { EMPTY_MANIFEST } from '#contract/manifest.ts'
import { describe, expect, it } from 'vitest'
import { strongest as sandbox } from '../testing/sandbox.ts'
import { python } from '../testing/programs.ts'

const SHORT = { limits: { timeout_ms: 300 } }

describe('a tool that ends by itself', { concurrent: true }, () => {
  it('is ok with its value', async () => {
    const { outcome } = await sandbox.run('async def main(a, b=2): return a + b', {
      input: { a: 1 },
    })
    expect(outcome).toMatchObject({ kind: 'ok', value: 3, isolation: { level: sandbox.level } })
  })

  it('has failed when it raises, and the next call is unharmed', async () => {
    const { outcome } = await sandbox.run('def main(): raise ValueError("no")')
    expect(outcome).toMatchObject({
      kind: 'failed',
      failure: { type: 'ValueError', message: 'no' },
    })
    expect((await sandbox.run('def main(): return 1')).outcome).toMatchObject({ value: 1 })
  })

  it('has failed when it exits', async () => {
    const { outcome } = await sandbox.run('import sys\ndef main(): sys.exit(3)', {
      modules: ['sys'],
    })
    expect(outcome).toMatchObject({ kind: 'failed', failure: { type: 'SystemExit' } })
  })

  it('has crashed when it takes its process away without an answer', async () => {
    const { outcome } = await sandbox.run('import os\ndef main(): os._exit(0)', { modules: ['os'] })
    expect(outcome).toMatchObject({ kind: 'killed', reason: 'crashed' })
  })
})

describe('the deadline', { concurrent: true }, () => {
  it.each([
    ['a loop', 'def main():\n  while True: pass'],
    ['a sleep', 'import time\ndef main(): time.sleep(60)'],
    ['a loop in C that holds the interpreter', 'def main(): return sum(range(10**12))'],
    ['an endless regular expression', 'import re\ndef main(): re.match("(a+)+$", "a" * 64 + "b")'],
    ['an await', 'import asyncio\nasync def main(): await asyncio.Event().wait()'],
    ['top-level code', 'while True: pass'],
    [
      'threads',
      'import threading, time\ndef main():\n  for _ in range(4): threading.Thread(target=time.sleep, args=[60]).start()\n  time.sleep(60)',
    ],
    [
      'a tool that catches everything',
      'import time\ndef main():\n  while True:\n    try: time.sleep(60)\n    except BaseException: pass',
    ],
  ])('ends %s', async (_, code) => {
    const { outcome } = await sandbox.run(code, SHORT)
    expect(outcome).toMatchObject({ kind: 'timed_out' })
  })

  it('keeps what was printed before it', async () => {
    const code = 'def main():\n  print("so far")\n  while True: pass'
    const { outcome } = await sandbox.run(code, { limits: { timeout_ms: 2_000 } })
    expect(outcome).toMatchObject({ kind: 'timed_out', stdout: { text: 'so far\n' } })
  })
})

it('a cancelled call is killed', async () => {
  const stop = new AbortController()
  const { outcome } = await sandbox.run('def main():\n  ctx.log("here")\n  while True: pass', {
    signal: stop.signal,
    onEvent: () => stop.abort(),
  })
  expect(outcome).toMatchObject({ kind: 'killed', reason: 'cancelled' })
})

describe('limits', { concurrent: true }, () => {
  it('on processor time', async () => {
    const { outcome } = await sandbox.run('def main():\n  while True: pass', {
      limits: { cpu_s: 1 },
    })
    expect(outcome).toMatchObject({ kind: 'killed', reason: 'cpu_limit' })
  })

  it('on memory are a MemoryError, which a tool may handle', async () => {
    const greedy = 'def main(): return len(bytearray(10**9))'
    expect((await sandbox.run(greedy)).outcome).toMatchObject({
      kind: 'failed',
      failure: { type: 'MemoryError' },
    })
    const modest = python`
      def main():
          try:
              return len(bytearray(10**9))
          except MemoryError:
              return 'less then'
    `
    expect((await sandbox.run(modest)).outcome).toMatchObject({ kind: 'ok', value: 'less then' })
  })

  it('on the depth of recursion', async () => {
    const { outcome } = await sandbox.run('def main(): return main()')
    expect(outcome).toMatchObject({ kind: 'failed', failure: { type: 'RecursionError' } })
  })

  it('on the size of the result', async () => {
    const { outcome } = await sandbox.run('def main(): return "x" * 2_000_000')
    expect(outcome).toMatchObject({ kind: 'killed', reason: 'result_too_large' })
    const { outcome: largest } = await sandbox.run('def main(): return "x" * 999_998')
    expect(largest).toMatchObject({ kind: 'ok' })
  })

  it('on the depth of the result', async () => {
    const code = python`
      def main(depth):
          value = []
          for _ in range(depth):
              value = [value]
          return value
    `
    expect((await sandbox.run(code, { input: { depth: 100 } })).outcome).toMatchObject({
      kind: 'ok',
    })
    for (const depth of [200, 100_000]) {
      expect((await sandbox.run(code, { input: { depth } })).outcome).toMatchObject({
        kind: 'failed',
        failure: { message: expect.stringContaining('nests deeper than 128') as string },
      })
    }
  })

  it('on what is printed: the first 10 kB are returned, the rest is counted', async () => {
    const { outcome } = await sandbox.run('def main():\n  for _ in range(3000): print("x" * 999)')
    expect(outcome).toMatchObject({ kind: 'ok', stdout: { bytes: 3_000_000, truncated: true } })
  })
})

it('a segmentation fault is a crash', async () => {
  const { outcome } = await sandbox.run('import ctypes\ndef main(): ctypes.string_at(0)', {
    modules: ['ctypes'],
  })
  expect(outcome).toMatchObject({ kind: 'killed', reason: 'crashed' })
})

it('an interpreter that cannot start is a refusal: nothing saw the code', async () => {
  const { NOBODY, runConfined } = await import('./run.ts')
  const { forkServer } = await import('../process/fork-server.ts')
  const { machine } = await import('../testing/sandbox.ts')
  const { USUAL_LIMITS } = await import('../levels/prove.ts')
  const interpreter = { ...machine.interpreter, executable: '/nonexistent/python3' }
  await using broken = forkServer({ ...machine, interpreter, level: 'S3' })
  const run = runConfined(broken)
  const version = {
    hash: 'h',
    language: 'python' as const,
    code: '',
    manifest: EMPTY_MANIFEST,
    module_lock: null,
  }
  const request = {
    run_id: 'a',
    version,
    input: {},
    secrets: {},
    bound_secrets: [],
    withdrawals: [],
    answered_by: 'network' as const,
    limits: USUAL_LIMITS,
  }
  const outcome = await run(request, NOBODY, new AbortController().signal)
  expect(outcome).toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('ENOENT') as string,
  })
})
