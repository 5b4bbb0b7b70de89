import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { reaches, upTo, type Extent, type Weather } from './weather.ts'

/** Streams that cloudflared sends on as they come, whatever else their headers say. */
const FLUSHED = /^(text\/event-stream|application\/grpc|application\/x-ndjson)/

/** Meant for one connection, not for the ones behind it (RFC 9110 §7.6.1). */
const HOP_BY_HOP = ['connection', 'keep-alive']

export interface Relaying {
  weather: Weather
  /** Ends it: whoever asked is gone. */
  left: AbortSignal
  /** Told of each piece of the body as it comes from the upstream. */
  heard: (bytes: number) => void
}

/**
 * Sends an answer on as the weather lets it.
 * @throws when the upstream breaks
 */
export async function relay(
  answer: IncomingMessage,
  outgoing: ServerResponse,
  { weather, left, heard }: Relaying,
): Promise<void> {
  const limit: Extent | undefined = weather.breakAfter ?? weather.stallAfter
  const body = { bytes: 0, lines: 0 }
  const most = heldBytes(answer, weather)
  let held: Buffer[] = []
  let heldNow = 0

  const headers = { ...answer.headers }
  for (const name of HOP_BY_HOP) delete headers[name]
  outgoing.writeHead(answer.statusCode ?? 502, headers)
  for await (const piece of answer as AsyncIterable<Buffer>) {
    heard(piece.length)
    const part = limit === undefined ? piece : upTo(limit, body, piece)
    held.push(part)
    heldNow += part.length
    body.bytes += part.length
    body.lines += part.toString('latin1').split('\n').length - 1
    const isLast = limit !== undefined && reaches(limit, body)
    if (heldNow >= most || isLast) {
      await send(Buffer.concat(held))
      held = []
      heldNow = 0
    }
    if (!isLast) continue
    if (weather.breakAfter) outgoing.socket?.resetAndDestroy()
    else if (!left.aborted) await once(left, 'abort')
    return
  }
  await send(Buffer.concat(held))
  outgoing.end()

  async function send(bytes: Buffer): Promise<void> {
    const step = weather.drip?.bytes ?? Math.max(bytes.length, 1)
    for (let at = 0; at < bytes.length; at += step) {
      if (weather.drip !== undefined) await pause(weather.drip.everyMs)
      if (left.aborted) return
      if (!outgoing.write(bytes.subarray(at, at + step)))
        await Promise.race([once(outgoing, 'drain'), once(left, 'abort')])
    }
  }
}

/** How much is kept back before it is sent on, at most, in bytes. */
function heldBytes({ headers }: IncomingMessage, { holds }: Weather): number {
  if (holds === undefined) return 0
  if (holds !== 'declared lengths') return holds.bytes
  const isDeclared = headers['content-length'] !== undefined
  return isDeclared && !FLUSHED.test(headers['content-type'] ?? '') ? Number.POSITIVE_INFINITY : 0
}
