import type { RunRequest } from '#contract/sandbox.ts'
import type { Run } from '../calls/run.ts'
import { eventLog, type EventLog } from './event-log.ts'

/** How long, and how much, is kept of runs that have ended. */
const KEPT_MS = 120_000
const KEPT_BYTES = 64_000_000

export type Registry = {
  /** The log of the run with this id, started now if there is none. Null when all places are taken. */
  start(request: RunRequest): EventLog | null
  find(runId: string): EventLog | null
  /** Ends a run; resolves when its processes are gone. False when there is no such run. */
  cancel(runId: string): Promise<boolean>
  running(): number
  /** Ends every run and takes no more. */
  close(): Promise<void>
}

type Entry = { log: EventLog; stop: AbortController; over: Promise<void> }

/** Runs by id. A run lives on when its readers leave; it ends by itself, by deadline or by cancel. */
export function runRegistry(run: Run, most: number, now: () => number = Date.now): Registry {
  const entries = new Map<string, Entry>()
  /** What has ended, in the order of the ends: the oldest is forgotten first. */
  const ended = new Map<string, { at: number; bytes: number }>()
  let endedBytes = 0
  let closed = false

  const running = () => entries.size - ended.size

  /** Forgets ended runs until what is left is young enough and small enough. */
  function sweep(): void {
    for (const [id, { at, bytes }] of ended) {
      if (endedBytes <= KEPT_BYTES && at > now() - KEPT_MS) return
      endedBytes -= bytes
      ended.delete(id)
      entries.delete(id)
    }
  }

  async function carryOut(request: RunRequest, { log, stop }: Omit<Entry, 'over'>): Promise<void> {
    try {
      log.end(await run(request, (event) => log.add(event), stop.signal))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      log.end({ kind: 'refused', message: `the sandbox failed: ${reason}` })
    }
    ended.set(request.run_id, { at: now(), bytes: log.bytes() })
    endedBytes += log.bytes()
  }

  return {
    start(request) {
      sweep()
      const known = entries.get(request.run_id)
      if (known !== undefined) return known.log
      if (closed || running() >= most) return null
      const log = eventLog()
      const stop = new AbortController()
      const over = carryOut(request, { log, stop })
      entries.set(request.run_id, { log, stop, over })
      return log
    },
    find(runId) {
      sweep()
      return entries.get(runId)?.log ?? null
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
