import { describe, expect, it } from 'vitest'
import type { Account } from '../process/account.ts'
import { boundedOutput } from '../process/output.ts'
import type { Verdict } from '../process/serve.ts'
import { USUAL_LIMITS } from '../levels/prove.ts'
import { toOutcome } from './outcome.ts'

const ISOLATION = { level: 'S3' as const, layers: ['seccomp'] }

function outcomeOf(verdict: Verdict, account: Partial<Account> | null = null) {
  const full = account && { code: null, signal: null, cpu_ms: 10, max_rss_kb: 1, ...account }
  const served = { verdict, account: full, output: boundedOutput(), durationMs: 12.3456789 }
  return toOutcome(served, ISOLATION, USUAL_LIMITS, 'python')
}

describe('an answer', () => {
  it('is the value', () => {
    expect(outcomeOf({ by: 'answer', answer: { type: 'result', value: [1] } })).toEqual({
      kind: 'ok',
      value: [1],
      stdout: { text: '', bytes: 0, truncated: false },
      duration_ms: 12.346,
      isolation: ISOLATION,
    })
  })

  it('is an answer whatever the process did afterwards', () => {
    const verdict: Verdict = { by: 'answer', answer: { type: 'result', value: null } }
    expect(outcomeOf(verdict, { signal: 31 })).toMatchObject({ kind: 'ok', value: null })
  })
})

describe('an end without an answer', () => {
  it.each([
    ['SIGSYS', { signal: 31 }, 'forbidden_call'],
    ['SIGSEGV', { signal: 11 }, 'crashed'],
    ['SIGABRT', { signal: 6 }, 'crashed'],
    ['an exit code', { code: 0 }, 'crashed'],
    ['SIGKILL of unknown origin', { signal: 9 }, 'out_of_memory'],
    ['SIGKILL at the processor limit', { signal: 9, cpu_ms: 60_000 }, 'cpu_limit'],
    ['SIGXCPU', { signal: 24, cpu_ms: 60_000 }, 'cpu_limit'],
  ])('by %s', (_, account, reason) => {
    expect(outcomeOf({ by: 'end' }, account)).toMatchObject({ kind: 'killed', reason })
  })

  it('and without an account is a loss of the sandbox', () => {
    expect(outcomeOf({ by: 'end' })).toMatchObject({ kind: 'killed', reason: 'sandbox_lost' })
  })
})

describe('a verdict of the supervisor', () => {
  it.each([
    [{ by: 'deadline' }, { kind: 'timed_out' }],
    [{ by: 'caller' }, { kind: 'killed', reason: 'cancelled' }],
    [{ by: 'flood' }, { kind: 'killed', reason: 'output_flood' }],
    [
      { by: 'fault', fault: 'too_long' },
      { kind: 'killed', reason: 'result_too_large' },
    ],
    [
      { by: 'fault', fault: 'flood' },
      { kind: 'killed', reason: 'output_flood' },
    ],
    [
      { by: 'fault', fault: 'too_deep' },
      { kind: 'killed', reason: 'result_too_large' },
    ],
    [
      { by: 'fault', fault: 'malformed' },
      { kind: 'killed', reason: 'crashed' },
    ],
    [
      { by: 'fault', fault: 'unknown_message' },
      { kind: 'killed', reason: 'crashed' },
    ],
  ] as const)('%o stands, however the process ended', (verdict, outcome) => {
    expect(outcomeOf(verdict, { signal: 9 })).toMatchObject(outcome)
    expect(outcomeOf(verdict, { code: 0 })).toMatchObject(outcome)
  })
})
