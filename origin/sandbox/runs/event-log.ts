import type { Ask } from '#contract/asks.ts'
import type { Outcome, RunEvent } from '#contract/sandbox.ts'
import type { Event } from '../process/message.ts'

/** What a run keeps of a talkative tool, as bytes of its lines. The outcome is always kept. */
const MAX_EVENTS = 1_000
const MAX_EVENT_BYTES = 1_000_000

/** A silence longer than this is broken by a heartbeat. */
export const SANDBOX_HEARTBEAT_MS = 10_000

/** Questions of the tool, put together. */
export type Questions = { type: 'asks'; asks: Ask[] }

export type EventLog = {
  /** Numbers and keeps an event; gives its number, or null past the limits: then it is dropped. */
  add(event: Event | Questions): number | null
  /** Ends the log with the outcome. */
  end(outcome: Outcome): void
  ended(): boolean
  /** What the log holds in memory. */
  bytes(): number
  /** A line for every event numbered above `seq`, those to come included; ends after the outcome. */
  follow(seq: number): AsyncGenerator<Line, void, void>
}

/** A RunEvent as JSON, and a newline. */
export type Line = Buffer

/**
 * The numbered events of one run: the same for every reader, however late it comes. They are kept
 * as the lines that readers get: as values they can take twenty times the memory.
 */
export function eventLog(heartbeatMs = SANDBOX_HEARTBEAT_MS): EventLog {
  const lines: Line[] = []
  let bytes = 0
  let ended = false
  let changed = Promise.withResolvers<void>()

  function append(line: Line): void {
    lines.push(line)
    bytes += line.length
    changed.resolve()
    changed = Promise.withResolvers()
  }

  return {
    add: (event) => {
      if (ended || lines.length >= MAX_EVENTS) return null
      const seq = lines.length + 1
      const line = lineOf({ ...event, seq })
      if (bytes + line.length > MAX_EVENT_BYTES) return null
      append(line)
      return seq
    },
    end: (outcome) => {
      ended = true
      append(lineOf({ type: 'outcome', seq: lines.length + 1, outcome }))
    },
    ended: () => ended,
    bytes: () => bytes,
    async *follow(seq) {
      let next = seq
      for (;;) {
        for (let line = lines[next]; line !== undefined; line = lines[next]) {
          next++
          yield line
        }
        if (ended) return
        if (!(await happens(changed.promise, heartbeatMs))) yield lineOf({ type: 'heartbeat' })
      }
    },
  }
}

function lineOf(event: RunEvent): Line {
  return Buffer.from(`${JSON.stringify(event)}\n`)
}

async function happens(event: Promise<void>, withinMs: number): Promise<boolean> {
  const quiet = Promise.withResolvers<false>()
  const timer = setTimeout(() => quiet.resolve(false), withinMs)
  const first = await Promise.race([event.then(() => true), quiet.promise])
  clearTimeout(timer)
  return first
}
