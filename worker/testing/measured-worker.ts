import type { DurableObject } from 'cloudflare:workers'
import worker, * as real from '../src/index.ts'
import { countRowsOf, type Rows } from './counted-storage.ts'

/**
 * The Worker, which also counts what Cloudflare would bill it for. It is for measuring alone: what it
 * counted is under this path, and the code that is deployed knows nothing of it.
 */
const MEASURED_PATH = '/measured'

/** What the objects of one class did. */
export interface MeasuredClass {
  /** Times that an object was made, at first or after it was evicted. */
  made: number
  /** Exchanges, calls of a method and alarms. */
  requests: number
  rows: Rows
  /** While something in an object waited or was sent, in milliseconds; its own computing is not seen. */
  awakeMs: number
}

export interface Measured {
  requests: number
  /** Requests to the origin and to the issuer. */
  fetches: number
  objects: Record<string, MeasuredClass>
}

const measured: Measured = { requests: 0, fetches: 0, objects: {} }

type ObjectClass = new (ctx: DurableObjectState, env: Env) => DurableObject<Env>

/** The same class; each of its methods counts as what a stub calls. */
function counting(of: ObjectClass): ObjectClass {
  const count: MeasuredClass = { made: 0, requests: 0, rows: { read: 0, written: 0 }, awakeMs: 0 }
  measured.objects[of.name] = count
  const Counting = class extends of {
    busy = 0
    since = 0

    constructor(ctx: DurableObjectState, env: Env) {
      super(ctx, env)
      count.made++
      countRowsOf(this, ctx, count.rows)
    }

    /** Begins a wait; what it gives ends it. Waits at the same time count once. */
    wait(): () => void {
      if (this.busy++ === 0) this.since = Date.now()
      return () => {
        if (--this.busy === 0) count.awakeMs += Date.now() - this.since
      }
    }
  }
  for (const name of Object.getOwnPropertyNames(of.prototype)) {
    const method: unknown = Reflect.get(of.prototype, name)
    if (name === 'constructor' || typeof method !== 'function') continue
    Object.defineProperty(Counting.prototype, name, {
      async value(this: InstanceType<typeof Counting>, ...given: unknown[]) {
        count.requests++
        const over = this.wait()
        try {
          const result: unknown = await Reflect.apply(method, this, given)
          if (result instanceof Response && result.body !== null) return untilRead(result, over)
          over()
          return result
        } catch (error) {
          over()
          throw error
        }
      },
    })
  }
  return Counting
}

/** The response, which says once when its body is over, however it ends. */
function untilRead(response: Response, over: () => void): Response {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  response.body?.pipeTo(writable).then(over, over)
  return new Response(readable, response)
}

export const McpSession = counting(real.McpSession)
export const EdgeMemory = counting(real.EdgeMemory)
export const RateBudget = counting(real.RateBudget)

const fetchOnward = fetch.bind(globalThis)
globalThis.fetch = (...asked) => {
  measured.fetches++
  return fetchOnward(...asked)
}

export default {
  async fetch(request, env) {
    if (new URL(request.url).pathname === MEASURED_PATH) return Response.json(measured)
    measured.requests++
    return worker.fetch(request, env)
  },
} satisfies ExportedHandler<Env>
