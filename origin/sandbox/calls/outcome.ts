import type { Content } from '#contract/content.ts'
import type { Json } from '#contract/json.ts'
import type {
  Isolation,
  Language,
  KillReason,
  Outcome,
  Reply,
  RunLimits,
} from '#contract/sandbox.ts'
import { CONTENT_BYTES, RESULT_BYTES, RESULT_DEPTH } from '#contract/limits.ts'
import type { Account } from '../process/account.ts'
import type { Served, Verdict } from '../process/serve.ts'

const SIGKILL = 9
const SIGXCPU = 24
const SIGSYS = 31
/** The kernel ends a process by ticks and accounts for it by the clock, which may show much less. */
const CPU_SHARE = 0.5

/**
 * How a call ended. Value and failure are the tool's words; everything else is what the supervisor
 * and the kernel saw.
 */
export function toOutcome(
  served: Served,
  isolation: Isolation,
  limits: RunLimits,
  language: Language,
): Outcome {
  const { verdict, account, output, durationMs } = served
  const measured = {
    stdout: output.read(),
    duration_ms: Math.round(durationMs * 1000) / 1000,
    isolation,
  }
  if (verdict.by === 'deadline') return { kind: 'timed_out', ...measured }
  if (verdict.by === 'answer' && verdict.answer.type === 'result' && fits(verdict.answer)) {
    const { value, content } = verdict.answer
    return { kind: 'ok', value, ...(content && { content }), ...measured }
  }
  if (verdict.by === 'answer' && verdict.answer.type === 'failed') {
    const { failure, reply } = verdict.answer
    if (reply === undefined) return { kind: 'failed', failure, ...measured }
    if (fits(reply)) return { kind: 'failed', failure, reply, ...measured }
  }
  return { kind: 'killed', ...killed(verdict, account, { ...limits, language }), ...measured }
}

/** A frame has room for both parts; neither may use the room of the other. */
function fits({ value, content = [] }: Reply): boolean {
  return bytes(value) <= RESULT_BYTES && bytes(content) <= CONTENT_BYTES
}

function bytes(json: Json | Content): number {
  return Buffer.byteLength(JSON.stringify(json))
}

type Killed = { reason: KillReason; message: string }

const TOO_LARGE: Killed = {
  reason: 'result_too_large',
  message: `the result is larger than ${RESULT_BYTES} bytes, or its images, audio and files are larger than ${CONTENT_BYTES} bytes as base64`,
}

const FLOOD: Killed = { reason: 'output_flood', message: 'the tool printed or said without end' }

type Bounds = RunLimits & { language: Language }

function killed(verdict: Verdict, account: Account | null, limits: Bounds): Killed {
  switch (verdict.by) {
    case 'caller':
      return { reason: 'cancelled', message: 'the caller cancelled' }
    case 'flood':
      return FLOOD
    case 'fault':
      return fault(verdict.fault)
    case 'answer':
      return TOO_LARGE
    case 'end':
    case 'deadline':
      return ended(account, limits)
  }
}

function fault(kind: Extract<Verdict, { by: 'fault' }>['fault']): Killed {
  switch (kind) {
    case 'too_long':
      return TOO_LARGE
    case 'flood':
      return FLOOD
    case 'too_deep':
      return { reason: 'result_too_large', message: `the result nests deeper than ${RESULT_DEPTH}` }
    case 'malformed':
    case 'unknown_message':
      return { reason: 'crashed', message: 'the tool wrote into the channel of the sandbox' }
  }
}

/** A process that ended before it answered, by the kernel's account of it. */
function ended(account: Account | null, limits: Bounds): Killed {
  if (account === null) {
    return {
      reason: 'sandbox_lost',
      message: 'the sandbox lost the process of the call; run it again',
    }
  }
  const { signal, code, cpu_ms: cpuMs } = account
  if (signal === null) {
    return { reason: 'crashed', message: `the tool ended its process (exit code ${code})` }
  }
  if (signal === SIGSYS) {
    return {
      reason: 'forbidden_call',
      message: 'the tool made a system call that no tool may make',
    }
  }
  if (signal === SIGXCPU || (signal === SIGKILL && cpuMs >= limits.cpu_s * 1000 * CPU_SHARE)) {
    return { reason: 'cpu_limit', message: `the tool used ${limits.cpu_s} s of processor time` }
  }
  if (signal === SIGKILL) {
    return {
      reason: 'out_of_memory',
      message: 'the kernel killed the tool, most likely for memory',
    }
  }
  if (limits.language === 'typescript' && account.max_rss_kb * 1024 >= limits.memory_bytes / 2) {
    // V8 ends its process when it gets no more memory, by a signal of its choice.
    return { reason: 'out_of_memory', message: 'the tool used more memory than a call may have' }
  }
  return { reason: 'crashed', message: `the tool crashed its interpreter (signal ${signal})` }
}
