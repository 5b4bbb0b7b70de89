import type { EgressRecord } from '#contract/egress.ts'
import { type Broker, type EgressPolicy, openBroker, type WebRequest } from './broker.ts'
import type { WebMessage, WebReply } from './message.ts'
import { outbox, type Say } from './outbox.ts'
import { Refused } from './refusal.ts'

/** The requests of one child, many at a time over its one channel. */
export type Conversation = {
  /** Takes one message; false when no honest child says such a thing, which ends the call. */
  take(message: WebMessage): boolean
  /** Bytes of bodies taken so far, as they came over the channel. */
  traffic(): number
  /** After the call's signal: resolves when no request is left, with all that were made. */
  close(): Promise<EgressRecord[]>
}

/** Most of a body that one message carries, before base64. */
const CHUNK_BYTES = 49_152
/** setTimeout(): the longest there is. */
const MAX_TIMER_MS = 2 ** 31 - 1

type Receiving = { request: Head; parts: Buffer[]; bytes: number; refused: boolean }
type Head = Extract<WebMessage, { type: 'http.request' }>

/**
 * Speaks with one process about its requests. What it sends is hostile input, and is refused by
 * answer. To be closed when the process has ended, and the policy's signal aborted first, or `close`
 * waits for requests under way.
 */
export function converse(policy: EgressPolicy, say: Say): Conversation {
  const { limits, signal } = policy
  const broker: Broker = openBroker(policy)
  const out = outbox(say, limits.unsentBytes)
  const receiving = new Map<number, Receiving>()
  const running = new Map<number, AbortController>()
  const tasks = new Set<Promise<void>>()
  let lastId = 0
  let begun = 0
  let held = 0
  let uploaded = 0

  function begin(head: Head): boolean {
    // A child that goes on beyond what was refused already is not asking for anything.
    if (head.id <= lastId || begun >= 2 * limits.requests) return false
    lastId = head.id
    begun++
    if (receiving.size >= limits.atOnce + limits.waiting) return false
    if (head.body) receiving.set(head.id, { request: head, parts: [], bytes: 0, refused: false })
    else start(head, null)
    return true
  }

  function collect({ id, data, last }: Extract<WebMessage, { type: 'http.body' }>): boolean {
    const upload = receiving.get(id)
    // Chunks may still be on their way when a request has been refused or cancelled.
    if (upload === undefined) return id <= lastId
    const part = Buffer.from(data, 'base64')
    // Empty parts cost memory and count for nothing; our client sends none but at the end.
    if (part.length === 0 && !last) return false
    upload.bytes += part.length
    held += part.length
    if (upload.bytes > limits.bodyBytes || held > limits.heldBytes) {
      drop(id)
      const refused = new Refused({ reason: 'request_too_large', most: limits.bodyBytes })
      void out.put(errorReply(id, refused))
      return true
    }
    uploaded += base64Length(part)
    upload.parts.push(part)
    if (last) {
      receiving.delete(id)
      start(upload.request, Buffer.concat(upload.parts))
    }
    return true
  }

  function drop(id: number): void {
    held -= receiving.get(id)?.bytes ?? 0
    receiving.delete(id)
  }

  function start(head: Head, body: Buffer | null): void {
    const stop = new AbortController()
    running.set(head.id, stop)
    const task = carryOut(head, body, stop.signal).finally(() => {
      running.delete(head.id)
      tasks.delete(task)
    })
    tasks.add(task)
    faults(task)
  }

  async function carryOut(head: Head, body: Buffer | null, cancel: AbortSignal): Promise<void> {
    const { id, method, url, headers, follow, timeout_ms: timeoutMs } = head
    const time = AbortSignal.timeout(Math.min(Math.ceil(timeoutMs ?? MAX_TIMER_MS), MAX_TIMER_MS))
    const request: WebRequest = { method, url, headers, body, follow }
    try {
      const sent = broker.send(request, AbortSignal.any([cancel, time]))
      const response = await sent.finally(() => {
        held -= body?.length ?? 0
      })
      const { status, url: from, headers: received } = response
      try {
        await out.put({ type: 'http.response', id, status, url: from, headers: received })
        for await (const chunk of response.body) {
          for (const data of pieces(chunk)) await out.put({ type: 'http.body', id, data })
        }
      } finally {
        response.close()
      }
      await out.put({ type: 'http.end', id })
    } catch (error) {
      await out.put(errorReply(id, refusalOf(error, time)))
    }
  }

  const unexpected = Promise.withResolvers<never>()
  unexpected.promise.catch(() => undefined) // heard in close(); a call without a close has no reader
  function faults(task: Promise<void>): void {
    task.catch(unexpected.reject)
  }

  return {
    take(message) {
      if (signal.aborted) return true
      switch (message.type) {
        case 'http.request':
          return begin(message)
        case 'http.body':
          return collect(message)
        case 'http.cancel':
          drop(message.id)
          running.get(message.id)?.abort()
          return message.id <= lastId
      }
    },
    traffic: () => uploaded,
    async close() {
      out.close()
      await Promise.race([Promise.all(tasks), unexpected.promise])
      return broker.records()
    },
  }
}

/** What the bytes of a chunk justify on the channel, however they were written. */
function base64Length(part: Buffer): number {
  return 4 * Math.ceil(part.length / 3)
}

function errorReply(id: number, { reason, message }: Refused): WebReply {
  return { type: 'http.error', id, reason, message }
}

/** What a tool is told. Anything that is neither a refusal nor an abort is a fault of ours. */
function refusalOf(error: unknown, time: AbortSignal): Refused {
  if (error instanceof Refused) return error
  if (!(error instanceof DOMException)) throw error
  return new Refused({ reason: time.aborted ? 'timed_out' : 'cancelled' })
}

function* pieces(chunk: Buffer): Generator<string> {
  for (let at = 0; at < chunk.length; at += CHUNK_BYTES) {
    yield chunk.subarray(at, at + CHUNK_BYTES).toString('base64')
  }
}
