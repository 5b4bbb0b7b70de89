import type { AskReplies } from '#contract/asks.ts'
import type { RunRequest } from '#contract/sandbox.ts'
import type { Withdrawal } from '#contract/withdrawal.ts'
import type { Run } from '../calls/run.ts'
import { type Withdrawn, withdrawnLines } from '../egress/withdrawn.ts'
import type { Event } from '../process/message.ts'
import { eventLog, type EventLog } from './event-log.ts'
import {
  type StandingQuestions,
  standingQuestions,
  type WaitingPlaces,
} from './standing-questions.ts'

/** How long runs are kept that have ended, and how much of them and of those that run. */
const KEPT_MS = 120_000
const KEPT_BYTES = 64_000_000

/**
 * How long it is known that a run was here: longer than anybody asks for a call (LONGEST_CALL_MS), so
 * that what is sent again is not run again. An id takes about 80 bytes.
 */
const REMEMBERED_MS = 1_200_000

/** Runs that have yet to come of which something was withdrawn; each is a call under way. */
const MOST_AWAITED = 10_000

/** How many of all runs may wait for their clients to answer: the others are for work. */
const WAITING_PART = 1 / 4

export type Registry = {
  /**
   * The log of the run with this id, started now if there never was one. `busy` when all places are
   * taken, `forgotten` when it ended too long ago to be told.
   */
  start(request: RunRequest): EventLog | 'busy' | 'forgotten'
  find(runId: string): EventLog | null
  /** Answers questions of a run. False when there is no such run. */
  reply(runId: string, replies: AskReplies): boolean
  /** Takes lines back from a run, or from one that has yet to come. */
  withdraw(runId: string, withdrawals: readonly Withdrawal[]): void
  /** Ends a run; resolves when its processes are gone. False when there is no such run. */
  cancel(runId: string): Promise<boolean>
  running(): number
  /** Ends every run and takes no more. */
  close(): Promise<void>
}

type Entry = {
  log: EventLog
  questions: StandingQuestions
  withdrawn: Withdrawn
  stop: AbortController
  over: Promise<void>
}

/** Runs by id. A run lives on when its readers leave; it ends by itself, by deadline or by cancel. */
export function runRegistry(run: Run, most: number, now: () => number = Date.now): Registry {
  const entries = new Map<string, Entry>()
  /** What has ended, in the order of the ends: the oldest is forgotten first. */
  const ended = new Map<string, { at: number; bytes: number }>()
  let endedBytes = 0
  /** When what was here was forgotten, in that order. */
  const forgotten = new Map<string, number>()
  /** What was withdrawn of runs before they came, in the order in which it was heard. */
  const awaited = new Map<string, { at: number; withdrawn: Withdrawn }>()
  const live = new Set<EventLog>()
  let closed = false

  const running = () => entries.size - ended.size
  const waiting = waitingPlaces(Math.max(1, Math.floor(most * WAITING_PART)))

  /** Forgets ended runs until what is left, with what runs, is young enough and small enough. */
  function sweep(): void {
    let room = KEPT_BYTES
    for (const log of live) room -= log.bytes()
    for (const [id, at] of forgotten) {
      if (at > now() - REMEMBERED_MS) break
      forgotten.delete(id)
    }
    for (const [id, { at }] of awaited) {
      if (at > now() - REMEMBERED_MS && awaited.size <= MOST_AWAITED) break
      awaited.delete(id)
    }
    for (const [id, { at, bytes }] of ended) {
      if (endedBytes <= room && at > now() - KEPT_MS) return
      endedBytes -= bytes
      ended.delete(id)
      entries.delete(id)
      forgotten.set(id, now())
    }
  }

  async function carryOut(
    request: RunRequest,
    { log, questions, withdrawn, stop }: Omit<Entry, 'over'>,
  ): Promise<void> {
    try {
      const onEvent = (event: Event) => void log.add(event)
      const caller = { onEvent, ask: questions.put, withdrawn }
      log.end(await run(request, caller, stop.signal))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      log.end({ kind: 'refused', message: `the sandbox failed: ${reason}` })
    }
    questions.close()
    live.delete(log)
    ended.set(request.run_id, { at: now(), bytes: log.bytes() })
    endedBytes += log.bytes()
    sweep()
  }

  return {
    start(request) {
      sweep()
      const known = entries.get(request.run_id)
      if (known !== undefined) return known.log
      if (forgotten.has(request.run_id)) return 'forgotten'
      if (closed || running() >= most) return 'busy'
      const log = eventLog()
      live.add(log)
      const stop = new AbortController()
      const questions = standingQuestions(log, waiting)
      const withdrawn = awaited.get(request.run_id)?.withdrawn ?? withdrawnLines()
      awaited.delete(request.run_id)
      withdrawn.add(request.withdrawals)
      const over = carryOut(request, { log, questions, withdrawn, stop })
      entries.set(request.run_id, { log, questions, withdrawn, stop, over })
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
    withdraw(runId, withdrawals) {
      sweep()
      if (forgotten.has(runId)) return
      const known = entries.get(runId) ?? awaited.get(runId)
      if (known !== undefined) return known.withdrawn.add(withdrawals)
      awaited.set(runId, { at: now(), withdrawn: withdrawnLines(withdrawals) })
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

function waitingPlaces(most: number): WaitingPlaces {
  let taken = 0
  return {
    take() {
      if (taken >= most) return false
      taken++
      return true
    },
    give() {
      taken--
    },
  }
}
