import type { Ask } from '#contract/asks.ts'
import type { Outcome, RunEvent } from '#contract/sandbox.ts'
import type { Event } from '../process/message.ts'

/** What a run keeps of a talkative tool. The outcome is always kept. */
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
  /** Roughly what the log holds in memory. */
  bytes(): number
  /** Every event numbered above `seq`, those to come included; ends after the outcome. */
  follow(seq: number): AsyncGenerator<RunEvent, void, void>
}

/** The numbered events of one run: the same for every reader, however late it comes. */
export function eventLog(heartbeatMs = SANDBOX_HEARTBEAT_MS): EventLog {
  const events: RunEvent[] = []
  let bytes = 0
  let ended = false
  let changed = Promise.withResolvers<void>()

  function append(event: RunEvent, size: number): void {
    events.push(event)
    bytes += size
    changed.resolve()
    changed = Promise.withResolvers()
  }

  return {
    add: (event) => {
      if (ended || events.length >= MAX_EVENTS) return null
      const numbered = { ...event, seq: events.length + 1 }
      const size = JSON.stringify(numbered).length
      if (bytes + size > MAX_EVENT_BYTES) return null
      append(numbered, size)
      return numbered.seq
    },
    end: (outcome) => {
      ended = true
      const last = { type: 'outcome' as const, seq: events.length + 1, outcome }
      append(last, JSON.stringify(last).length)
    },
    ended: () => ended,
    bytes: () => bytes,
    async *follow(seq) {
      let next = seq
      for (;;) {
        for (let event = events[next]; event !== undefined; event = events[next]) {
          next++
          yield event
        }
        if (ended) return
        if (!(await happens(changed.promise, heartbeatMs))) yield { type: 'heartbeat' }
      }
    },
  }
}

async function happens(event: Promise<void>, withinMs: number): Promise<boolean> {
  const quiet = Promise.withResolvers<false>()
  const timer = setTimeout(() => quiet.resolve(false), withinMs)
  const first = await Promise.race([event.then(() => true), quiet.promise])
  clearTimeout(timer)
  return first
}
