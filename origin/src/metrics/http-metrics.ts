import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { Counter, Histogram, type Registry } from 'prom-client'
import type { DoorEnv } from '../http/door.ts'

/** Methods that are told apart (RFC 9110 §9); whoever sends another one chose its name. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const BYTES = [100, 1_000, 10_000, 100_000, 1_000_000, 4_194_304]
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** What is measured of requests: `handler` is the route as it is written, never the path that was asked. */
export interface HttpMetrics {
  /** Measures what one door answers. A stream is measured up to its head. */
  of(door: string): MiddlewareHandler<DoorEnv>
}

export function httpMetrics(registry: Registry): HttpMetrics {
  const registers = [registry]
  const labelNames = ['door', 'method', 'handler'] as const
  const seconds = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'How long requests took, up to the head of the answer',
    labelNames,
    buckets: SECONDS,
    registers,
  })
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests that were answered',
    labelNames: [...labelNames, 'status'],
    registers,
  })
  const sizes = (name: string, help: string) =>
    new Histogram({ name, help, labelNames, buckets: BYTES, registers })
  const asked = sizes('http_request_size_bytes', 'Bodies of requests that say their length')
  const answered = sizes('http_response_size_bytes', 'Bodies of answers that say their length')

  return {
    of: (door) => async (c, next) => {
      const end = seconds.startTimer()
      await next()
      const method = METHODS.has(c.req.method) ? c.req.method : 'other'
      const labels = { door, method, handler: handlerOf(c) }
      end(labels)
      requests.inc({ ...labels, status: String(c.res.status) })
      asked.observe(labels, lengthOf(c.req.raw.headers))
      answered.observe(labels, lengthOf(c.res.headers))
    },
  }
}

/** The route that fits; those with a star are what every request passes on its way. */
function handlerOf(c: Context): string {
  const paths = matchedRoutes(c).map(({ path }) => path)
  return paths.findLast((path) => !path.endsWith('*')) ?? 'none'
}

function lengthOf(headers: Headers): number {
  const said = Number(headers.get('content-length') ?? 0)
  return Number.isSafeInteger(said) && said >= 0 ? said : 0
}
