import { expect, test } from 'vitest'
import type { RunRequest } from '#contract/sandbox.ts'
import { EMPTY_MANIFEST } from '#contract/manifest.ts'
import { sandboxUnreachable } from '../domain/sandbox.ts'
import { ended, ok, ScriptedSandbox } from '../testing/scripted-sandbox.ts'
import { guardedSandbox } from './guarded-sandbox.ts'

const request: RunRequest = {
  run_id: 'a',
  version: {
    hash: 'a'.repeat(64),
    language: 'python',
    code: '',
    input_schema: {},
    manifest: EMPTY_MANIFEST,
    module_lock: null,
  },
  input: {},
  secrets: {},
  bound_secrets: [],
  withdrawals: [],
  answered_by: 'network',
  limits: { timeout_ms: 1000, memory_bytes: 1, cpu_s: 1, open_files: 8 },
}
const live = new AbortController().signal
const how = (sentBefore: boolean) => ({ news: () => {}, cancel: live, detach: live, sentBefore })

function failing() {
  const scripted = new ScriptedSandbox(async () => sandboxUnreachable())
  const guarded = guardedSandbox(scripted, { failures: 2, recoveryMs: 60_000 }, () => {})
  const run = (sentBefore = false) => guarded.sandbox.run(scripted.bootId, request, how(sentBefore))
  return { scripted, run, breaker: guarded.breaker }
}

test('a sandbox that failed so often in a row is sent no more calls, and it is said until when', async () => {
  const { scripted, run } = failing()
  await expect(run()).rejects.toThrow('does not answer')
  await expect(run()).rejects.toThrow('does not answer')
  await expect(run()).rejects.toMatchObject({
    problem: {
      code: 'sandbox_unreachable',
      message:
        'The sandbox failed 2 times in a row and is tried again in 60 s; nothing was run. Try again then, or have a person look at it.',
    },
  })
  expect(scripted.asked).toHaveLength(2)
})

test('a run that may have been sent before is followed although the circuit is open', async () => {
  const { scripted, run, breaker } = failing()
  await expect(run()).rejects.toThrow('does not answer')
  await expect(run()).rejects.toThrow('does not answer')
  expect(breaker.health.state).toBe('open')
  scripted.script = async () => ended(ok('its result'))
  expect(await run(true)).toMatchObject({ outcome: { value: 'its result' } })
})
