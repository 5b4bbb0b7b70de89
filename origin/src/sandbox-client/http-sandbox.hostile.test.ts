import { expect, test } from 'vitest'
import { CONTENT_BYTES, RESULT_BYTES } from '#contract/limits.ts'
import { ok } from '../testing/scripted-sandbox.ts'
import { json, stream, tinySandbox, type Answer } from '../testing/tiny-sandbox.ts'
import { manifest } from '../testing/tools.ts'
import { httpSandbox } from './http-sandbox.ts'
import { lines } from './ndjson.ts'

const never = new AbortController().signal

async function runAt(answer: Answer) {
  await using tiny = await tinySandbox(answer)
  const version = {
    hash: 'h',
    language: 'python' as const,
    code: '',
    manifest: manifest(),
    module_lock: null,
  }
  const limits = { timeout_ms: 1_000, memory_bytes: 1, cpu_s: 1, open_files: 1 }
  return await httpSandbox({ url: tiny.url, apiKey: 'k', pauseMs: 1 }).run(
    'boot',
    {
      run_id: 'r',
      version,
      input: {},
      secrets: {},
      bound_secrets: [],
      withdrawals: [],
      answered_by: 'network',
      limits,
    },
    { news: () => {}, cancel: never, detach: never, sentBefore: false },
  )
}

const raw =
  (said: string | Uint8Array): Answer =>
  (response) =>
    void response.end(said)
const outcome = (value: unknown) => ({ type: 'outcome', seq: 1, outcome: value })

test('a line that never ends is not read for ever', async () => {
  const flood: Answer = (response) => {
    const more = () => response.destroyed || response.write('x'.repeat(1e6), more)
    more()
  }
  await expect(runAt(flood)).rejects.toThrow(
    `a line of more than ${(RESULT_BYTES + CONTENT_BYTES) * 6} bytes`,
  )
})

test('the longest result that a tool may return is read', async () => {
  const value = '\u0001'.repeat(RESULT_BYTES - 2)
  expect(await runAt(stream(outcome(ok(value))))).toEqual({ seq: 1, outcome: ok(value) })
})

test.each<[string, Answer]>([
  ['not JSON', raw('{"type":\n')],
  ['of no kind', stream({ type: 'shutdown' })],
  ['an outcome of no kind', stream(outcome({ kind: 'great' }))],
  ['an outcome without a number', stream({ type: 'outcome', outcome: ok(1) })],
  ['numbered below one', stream({ type: 'progress', seq: 0, progress: 1 })],
  ['a refusal of our key', json({ error: 'no' }, 401)],
  ['a failure', json({ error: 'no' }, 500)],
])('a sandbox that sends what is %s is a fault, not an outcome', async (_what, answer) => {
  await expect(runAt(answer)).rejects.not.toHaveProperty('problem')
})

async function read(...chunks: (string | Uint8Array)[]): Promise<string[]> {
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks)
        controller.enqueue(typeof chunk === 'string' ? encoder.encode(chunk) : chunk)
      controller.close()
    },
  })
  const seen = []
  for await (const line of lines(body, 100)) seen.push(line)
  return seen
}

test('lines are the same however they are cut into chunks', async () => {
  const whole = new TextEncoder().encode('é🌦\n\nb\n')
  const bytewise = Array.from(whole, (_, at) => whole.slice(at, at + 1))
  expect(await read(...bytewise)).toEqual(['é🌦', '', 'b'])
  expect(await read(whole)).toEqual(['é🌦', '', 'b'])
})

test('what follows the last line end is half a line, and none', async () => {
  expect(await read('a\nhalf')).toEqual(['a'])
})
