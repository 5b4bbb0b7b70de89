import { send } from './channel.ts'
import { toJson } from './to-json.ts'

const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency']
const MAX_MESSAGE_CHARS = 10_000
const LOG_LIMITS = { depth: 100, nodes: 100_000 }
const MAX_EVENT_BYTES = 100_000
/** No more are kept for anybody. */
const MAX_EVENTS = 1_000
// A tool may replace what everybody shares.
const { stringify } = JSON
let told = 0

/** The `ctx` global of a tool: what it can say while it runs. Each call returns at once. */
export const ctx = Object.freeze({
  /** Says how far the tool is. Numbers must be finite; the unit is the tool's own. */
  progress(progress: unknown, total?: unknown, message?: string): void {
    tell({
      type: 'progress',
      progress: finite('progress', progress),
      ...(total !== undefined && { total: finite('total', total) }),
      ...(message !== undefined && {
        message: String(message as unknown).slice(0, MAX_MESSAGE_CHARS),
      }),
    })
  },
  /** Sends a message (any JSON value) to whoever called the tool. */
  log(message: unknown, level: unknown = 'info'): void {
    if (typeof level !== 'string' || !LEVELS.includes(level)) {
      throw new TypeError(`level must be one of ${LEVELS.join(', ')}; got ${String(level)}`)
    }
    const data =
      typeof message === 'string'
        ? message.slice(0, MAX_MESSAGE_CHARS).toWellFormed()
        : toJson(message, LOG_LIMITS)
    tell({ type: 'log', level, data })
  },
})

function tell(event: object): void {
  if (Buffer.byteLength(stringify(event)) > MAX_EVENT_BYTES) {
    throw new RangeError(`a message may have at most ${MAX_EVENT_BYTES} bytes of JSON`)
  }
  told++
  if (told <= MAX_EVENTS) send(event)
}

function finite(name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new TypeError(`${name} must be a finite number`)
}
