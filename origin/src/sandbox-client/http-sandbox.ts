import type { z } from 'zod'
import { CONTENT_BYTES, RESULT_BYTES } from '#contract/limits.ts'
import {
  Analysis,
  RunEvent,
  SandboxHealth,
  type Outcome,
  type RunOrder,
} from '#contract/sandbox.ts'
import { MOST_WITHDRAWALS, type WithdrawRequest } from '#contract/withdrawal.ts'
import { Refusal } from '../domain/refusal.ts'
import {
  sandboxUnreachable,
  type NumberedOutcome,
  type RunNews,
  type Sandbox,
} from '../domain/sandbox.ts'
import { assertOk, connectionTo, jsonLines, reached } from './connection.ts'

const ANSWER_MS = 10_000
/** A result with its escapes, and what stands around it. */
const LINE_BYTES = (RESULT_BYTES + CONTENT_BYTES) * 6
/** How often a broken stream is asked for again, with a growing pause: about three seconds. */
const TRIES = 6
const PAUSE_MS = 200
/** Failures to connect: what was to be sent never left. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** The sandbox over its HTTP API. */
export function httpSandbox(options: {
  url: string
  apiKey: string
  /** How long `health` and `analyze` are waited for. */
  answerMs?: number
  /** First pause before a broken stream is asked for again. */
  pauseMs?: number
}): Sandbox {
  const { answerMs = ANSWER_MS, pauseMs = PAUSE_MS } = options
  const ask = connectionTo(options)
  let boot: string | null = null

  function answer<T>(schema: z.ZodType<T>, path: string, init: RequestInit, stop: AbortSignal) {
    const parsed = async (signal: AbortSignal) => {
      const response = await ask(path, { ...init, signal })
      await assertOk(response)
      return schema.parse(await response.json())
    }
    return reached(parsed, { stop, ms: answerMs })
  }

  /** Reads a run's events to its outcome; null when the stream broke before that. */
  async function read(
    response: Response,
    progress: { seen: number },
    news: (news: RunNews) => void,
  ): Promise<NumberedOutcome | null> {
    try {
      for await (const line of jsonLines(response, LINE_BYTES)) {
        const event = RunEvent.parse(line)
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
    get boot() {
      return boot
    },

    async health(signal) {
      const health = await answer(SandboxHealth, '/health', {}, signal)
      boot = health.boot_id
      return health
    },

    analyze: (source, signal) =>
      answer(Analysis, '/analyses', { method: 'POST', body: JSON.stringify(source) }, signal),

    async reply(runId, replies) {
      const path = `/runs/${encodeURIComponent(runId)}/replies`
      const init = { method: 'POST', body: JSON.stringify(replies) }
      const response = await ask(path, init).catch(assertAway)
      if (response instanceof TypeError) return sandboxUnreachable()
      if (response.status !== 404) await assertOk(response)
      await response.body?.cancel()
    },

    async withdraw(runId, withdrawals) {
      const path = `/runs/${encodeURIComponent(runId)}/withdrawals`
      for (let from = 0; from < withdrawals.length; from += MOST_WITHDRAWALS) {
        const some = withdrawals.slice(from, from + MOST_WITHDRAWALS)
        const body = JSON.stringify({ withdrawals: some } satisfies WithdrawRequest)
        const sent = async (signal: AbortSignal) => {
          const response = await ask(path, { method: 'POST', body, signal })
          await assertOk(response)
          await response.text()
        }
        await reached(sent, { stop: new AbortController().signal, ms: answerMs })
      }
    },

    async run(bootId, request, { news, cancel, detach, sentBefore }) {
      const path = `/runs/${encodeURIComponent(request.run_id)}`
      const body = JSON.stringify({ boot_id: bootId, run: request } satisfies RunOrder)
      const end = () => void ask(path, { method: 'DELETE' }).catch(assertAway)
      const progress = { seen: 0 }
      // The sandbox runs nothing twice that is sent twice. Another boot of it would.
      let mayBeThere = sentBefore
      let isAttaching = sentBefore
      const begin = () => ask('/runs', { method: 'POST', body, signal: detach })
      const attach = () => ask(`${path}/events?after=${progress.seen}`, { signal: detach })
      cancel.addEventListener('abort', end)
      try {
        for (let tries = 1; ; tries++) {
          const response = await (isAttaching ? attach() : begin()).catch((fault: unknown) => {
            mayBeThere ||= !neverSent(assertAway(fault))
            isAttaching = mayBeThere
            return null
          })
          if (response !== null) {
            if (response.status === 404 && isAttaching) {
              // It never arrived, or was forgotten, or this is another boot: who sends it hears which.
              if (cancel.aborted) return lost(progress.seen)
              isAttaching = false
              continue
            }
            if (response.status === 410) return lost(progress.seen)
            if (response.status === 409) {
              if (boot === bootId) boot = null
              return mayBeThere ? lost(progress.seen) : 'other_boot'
            }
            if (response.status === 503)
              throw new Refusal(
                'busy',
                'Every place in the sandbox is taken; try again in a moment.',
              )
            await assertOk(response)
            mayBeThere = true
            isAttaching = true
            if (cancel.aborted) end()
            const outcome = await read(response, progress, news)
            if (outcome !== null) return outcome
          }
          detach.throwIfAborted()
          if (tries >= TRIES && mayBeThere) return lost(progress.seen)
          if (tries >= TRIES) return sandboxUnreachable()
          await new Promise((resolve) => setTimeout(resolve, pauseMs * tries))
        }
      } finally {
        cancel.removeEventListener('abort', end)
      }
    },
  }
}

/** Lets pass that the connection failed (fetch throws a TypeError for it); nothing else. */
function assertAway(fault: unknown): TypeError {
  if (fault instanceof TypeError) return fault
  throw fault
}

function neverSent({ cause }: TypeError): boolean {
  return cause instanceof Error && 'code' in cause && NEVER_SENT.has(String(cause.code))
}

/** What became of a run whose sandbox is gone. It may have done anything, so it is not repeated. */
function lost(seen: number): NumberedOutcome {
  const outcome: Outcome = {
    kind: 'killed',
    reason: 'sandbox_lost',
    message:
      'The sandbox that had this call does not know it any more: it restarted, or the call ended long ago. How far the tool came is not known. It was not run again.',
    stdout: { text: '', bytes: 0, truncated: false },
    duration_ms: 0,
    isolation: null,
  }
  return { seq: seen + 1, outcome }
}
