import { z } from 'zod'
import { RESULT_BYTES } from '#contract/limits.ts'
import { Analysis, RunEvent, SandboxHealth, type Outcome } from '#contract/sandbox.ts'
import { Refusal } from '../domain/refusal.ts'
import type { NumberedOutcome, RunNews, Sandbox } from '../domain/sandbox.ts'
import { lines } from './ndjson.ts'

const ANSWER_MS = 10_000
/** A result with its escapes, and what stands around it. */
const LINE_BYTES = RESULT_BYTES * 6
/** How often a broken stream is asked for again, with a growing pause: about four seconds. */
const TRIES = 6
const PAUSE_MS = 200

/** The sandbox over its HTTP API. */
export function httpSandbox(options: { url: string; apiKey: string }): Sandbox {
  const headers = { 'x-api-key': options.apiKey, 'content-type': 'application/json' }

  async function ask(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(new URL(path, options.url), { ...init, headers })
    } catch (fault) {
      if (init.signal?.aborted === true) throw fault
      throw new Refusal(
        'sandbox_unreachable',
        'The sandbox does not answer; nothing was run. Try again in a moment.',
      )
    }
  }

  async function answer<T>(schema: z.ZodType<T>, response: Response): Promise<T> {
    if (!response.ok)
      throw new Error(`the sandbox answered ${response.status}: ${await response.text()}`)
    return schema.parse(await response.json())
  }

  /** Reads a run's events to its outcome; null when the stream broke before that. */
  async function read(
    response: Response,
    progress: { seen: number },
    news: (news: RunNews) => void,
  ): Promise<NumberedOutcome | null> {
    if (response.body === null) throw new Error('the sandbox sent no stream')
    try {
      for await (const line of lines(response.body, LINE_BYTES)) {
        const event = RunEvent.parse(JSON.parse(line))
        if (event.type === 'heartbeat' || event.seq <= progress.seen) continue
        if (event.type === 'outcome') return { seq: event.seq, outcome: event.outcome }
        progress.seen = event.seq
        news(event)
      }
    } catch (fault) {
      if (fault instanceof TypeError) return null
      throw fault
    }
    return null
  }

  return {
    async health(signal) {
      const within = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)])
      return answer(SandboxHealth, await ask('/health', { signal: within }))
    },

    async analyze(code, signal) {
      const within = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)])
      const body = JSON.stringify({ code })
      return answer(Analysis, await ask('/analyses', { method: 'POST', body, signal: within }))
    },

    async run(bootId, request, { news, cancel, detach }) {
      const path = `/runs/${encodeURIComponent(request.run_id)}`
      const body = JSON.stringify({ ...request, boot_id: bootId })
      const end = () => void ask(path, { method: 'DELETE' }).catch(ignoreAway)
      const progress = { seen: 0 }
      let reached = false
      cancel.addEventListener('abort', end)
      try {
        for (let tries = 1; ; tries++) {
          const response = await ask('/runs', { method: 'POST', body, signal: detach }).catch(
            (fault: unknown) => {
              if (tries < TRIES || reached) return ignoreAway(fault)
              throw fault
            },
          )
          if (response !== null) {
            reached = true
            if (response.status === 409) return lost(progress.seen)
            if (!response.ok)
              throw new Error(`the sandbox answered ${response.status}: ${await response.text()}`)
            if (cancel.aborted) end()
            const outcome = await read(response, progress, news)
            if (outcome !== null) return outcome
          }
          detach.throwIfAborted()
          if (tries >= TRIES) return lost(progress.seen)
          await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * tries))
        }
      } finally {
        cancel.removeEventListener('abort', end)
      }
    },
  }
}

function ignoreAway(fault: unknown): null {
  if (fault instanceof Refusal) return null
  throw fault
}

/** What became of a run whose sandbox is gone. It may have done anything, so it is not repeated. */
function lost(seen: number): NumberedOutcome {
  const outcome: Outcome = {
    kind: 'killed',
    reason: 'sandbox_lost',
    message:
      'The sandbox restarted during the call, so the tool was stopped somewhere in the middle. It was not run again.',
    stdout: { text: '', bytes: 0, truncated: false },
    duration_ms: 0,
    isolation: null,
  }
  return { seq: seen + 1, outcome }
}
