import type { EgressReason, EgressRecord } from '#contract/egress.ts'
import { Refused } from './refusal.ts'
import type { Target } from './target.ts'

const MAX_PATH_CHARS = 200
/** The longest that a name can be (RFC 1035, 2.3.4); what is longer was refused. */
const MAX_HOST_CHARS = 253
const MAX_METHOD_CHARS = 20

/** The running record of one request; exactly one of its ends is called. */
export type Entry = {
  sent(bytes: number): void
  answered(status: number): void
  received(bytes: number): void
  end(error?: unknown): void
}

export type Audit = {
  /** `path` is what may be known of it. */
  open(method: string, target: Target | null, path: string): Entry
  records(): EgressRecord[]
}

/** Every request of one call, in the order in which they began. */
export function audit(signal: AbortSignal): Audit {
  const records: EgressRecord[] = []
  return {
    open(method, target, path) {
      const began = performance.now()
      const record: EgressRecord = {
        method: method.slice(0, MAX_METHOD_CHARS),
        host: target?.host.slice(0, MAX_HOST_CHARS) ?? null,
        port: target?.port ?? null,
        path: path.slice(0, MAX_PATH_CHARS),
        status: null,
        bytes_out: 0,
        bytes_in: 0,
        duration_ms: 0,
        refused: null,
      }
      records.push(record)
      let over = false
      return {
        sent: (bytes) => {
          record.bytes_out += bytes
        },
        answered: (status) => {
          record.status = status
        },
        received: (bytes) => {
          record.bytes_in += bytes
        },
        end(error) {
          if (over) return
          over = true
          record.duration_ms = Math.round((performance.now() - began) * 1000) / 1000
          if (error !== undefined) record.refused = reasonOf(error, signal)
        },
      }
    },
    records: () => records,
  }
}

/** The reason for a request's early end. A call that is over ends what it left running. */
function reasonOf(error: unknown, call: AbortSignal): EgressReason {
  if (error instanceof Refused) return error.reason
  if (call.aborted) return 'cancelled'
  return error instanceof Error && error.name === 'TimeoutError' ? 'timed_out' : 'cancelled'
}
