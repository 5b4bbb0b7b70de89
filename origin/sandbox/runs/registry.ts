import type { AskReplies } from '#contract/asks.ts'
import type { RunRequest } from '#contract/sandbox.ts'
import type { Run } from '../calls/run.ts'
import type { Event } from '../process/message.ts'
import { eventLog, type EventLog } from './event-log.ts'
import { type StandingQuestions, standingQuestions } from './standing-questions.ts'

/** How long, and how much, is kept of runs that have ended. */
const KEPT_MS = 120_000
const KEPT_BYTES = 64_000_000

export type Registry = {
  /** The log of the run with this id, started now if there is none. Null when all places are taken. */
  start(request: RunRequest): EventLog | null
  find(runId: string): EventLog | null
  /** Answers questions of a run. False when there is no such run. */
  reply(runId: string, replies: AskReplies): boolean
  /** Ends a run; resolves when its processes are gone. False when there is no such run. */
  cancel(runId: string): Promise<boolean>
  running(): number
  /** Ends every run and takes no more. */
  close(): Promise<void>
}

type Entry = {
  log: EventLog
  questions: StandingQuestions
  stop: AbortController
  over: Promise<void>
  endedAt: number | null
}

/** Runs by id. A run lives on when its readers leave; it ends by itself, by deadline or by cancel. */
export function runRegistry(run: Run, most: number, now: () => number = Date.now): Registry {
  const entries = new Map<string, Entry>()
  let closed = false

  function running(): number {
    return [...entries.values()].filter((entry) => entry.endedAt === null).length
  }

  /** Forgets ended runs, oldest first, until what is left is young enough and small enough. */
  function sweep(): void {
    const ended = [...entries].filter(([, entry]) => entry.endedAt !== null)
    let bytes = ended.reduce((sum, [, entry]) => sum + entry.log.bytes(), 0)
    for (const [id, entry] of ended) {
      if (bytes <= KEPT_BYTES && (entry.endedAt ?? 0) > now() - KEPT_MS) continue
      bytes -= entry.log.bytes()
      entries.delete(id)
    }
  }

  async function carryOut(request: RunRequest, entry: Entry): Promise<void> {
    const { log, questions, stop } = entry
    try {
      const caller = { onEvent: (event: Event) => void log.add(event), ask: questions.put }
      log.end(await run(request, caller, stop.signal))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      log.end({ kind: 'refused', message: `the sandbox failed: ${reason}` })
    }
    entry.endedAt = now()
  }

  return {
    start(request) {
      sweep()
      const known = entries.get(request.run_id)
      if (known !== undefined) return known.log
      if (closed || running() >= most) return null
      const log = eventLog()
      const stop = new AbortController()
      const questions = standingQuestions(log)
      const entry: Entry = { log, questions, stop, over: Promise.resolve(), endedAt: null }
      entry.over = carryOut(request, entry)
      entries.set(request.run_id, entry)
      return log
    },
    find(runId) {
      sweep()
      return entries.get(runId)?.log ?? null
    },
    reply(runId, replies) {
      const entry = entries.get(runId)
      entry?.questions.reply(replies)
      return entry !== undefined
    },
    async cancel(runId) {
      const entry = entries.get(runId)
      if (entry === undefined) return false
      entry.stop.abort()
      await entry.over
      return true
    },
    running,
    async close() {
      closed = true
      for (const entry of entries.values()) entry.stop.abort()
      await Promise.all([...entries.values()].map((entry) => entry.over))
    },
  }
}
