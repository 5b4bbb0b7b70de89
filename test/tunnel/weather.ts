import type { IncomingHttpHeaders } from 'node:http'
import type { InPlaceName } from './in-place.ts'

/** So much of the body of an answer. Lines are counted by their ends. */
export type Extent = { bytes: number } | { lines: number }

/** What goes wrong with requests on their way. Parts that are left out go well. */
export interface Weather {
  /**
   * Longest silence of an upstream, in milliseconds (Cloudflare, connection limits, proxy read
   * timeout): 524 before its answer has begun, a broken answer after that.
   */
  readTimeoutMs?: number
  /** Answered in the place of an upstream, which hears nothing of the request. */
  instead?: InPlaceName
  /** The upstream hears the request; of its answer nothing comes, and nothing is closed. */
  mute?: boolean
  /** The connection is reset after so much of the answer. */
  breakAfter?: Extent
  /** No more is relayed after so much of the answer, and nothing is closed. */
  stallAfter?: Extent
  /**
   * What is kept back before it is sent on: so many bytes at a time, headers too, the rest when the
   * answer ends; or what cloudflared keeps back, which is answers of a declared length.
   */
  holds?: { bytes: number } | 'declared lengths'
  /** So many bytes at a time, with so many milliseconds between. */
  drip?: { bytes: number; everyMs: number }
  /** Connections are closed after each answer, without having said so. */
  hangsUp?: boolean
}

/** What a request is judged by when weather is made for some of them. */
export interface Asked {
  method: string
  /** Path and query. */
  path: string
  headers: IncomingHttpHeaders
}

/** Weather for those requests, so many times. */
export class Spell implements Disposable {
  readonly weather: Weather
  readonly #where: (asked: Asked) => boolean
  #left: number
  /** How many requests it has met. */
  met = 0

  constructor(weather: Weather, where: (asked: Asked) => boolean, times: number) {
    this.weather = weather
    this.#where = where
    this.#left = times
  }

  meets(asked: Asked): boolean {
    if (this.#left === 0 || !this.#where(asked)) return false
    this.#left -= 1
    this.met += 1
    return true
  }

  /** Clears up, for the requests to come. */
  [Symbol.dispose](): void {
    this.#left = 0
  }
}

/** True once `body` has that much in it. */
export function reaches(extent: Extent, body: { bytes: number; lines: number }): boolean {
  return 'bytes' in extent ? body.bytes >= extent.bytes : body.lines >= extent.lines
}

/** The part of a piece that comes before the extent is reached, after what `body` has had. */
export function upTo(
  extent: Extent,
  body: { bytes: number; lines: number },
  piece: Buffer,
): Buffer {
  if ('bytes' in extent) return piece.subarray(0, Math.max(0, extent.bytes - body.bytes))
  let end = 0
  for (let left = extent.lines - body.lines; left > 0; left--) {
    const at = piece.indexOf('\n', end)
    if (at === -1) return piece
    end = at + 1
  }
  return piece.subarray(0, end)
}
