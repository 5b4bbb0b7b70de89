import type { HttpBindings } from '@hono/node-server'
import { Hono, type Context } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import { REQUEST_ID_HEADER } from '#contract/assertion.ts'
import { PROBLEM_TYPE, problemBody, statusOf, type Problem } from '#contract/problem.ts'
import { toRefusal } from '../domain/database-away.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Logger } from '../log.ts'
import type { HttpMetrics } from '../metrics/http-metrics.ts'
import { clientAddress, trustedProxies, type TrustedProxies } from './client-address.ts'

/** What every request of every door carries. `shownPath` is logged in place of a path with a token in it. */
export type DoorEnv = {
  Bindings: HttpBindings
  Variables: {
    requestId: string
    /** Where it came from, as far as that is known; see client-address.ts. */
    address: string | null
    shownPath?: string
  }
}
export type Door<E extends DoorEnv = DoorEnv> = Hono<E>

const NOBODY = trustedProxies([])
/** When what is away now may be there again. */
const RETRY_AFTER_S = 5
const REQUEST_ID = /^[\w-]{8,64}$/

/**
 * A door: an HTTP app that numbers, logs and answers for its requests. Refusals become problem
 * bodies; anything else thrown is logged whole and told as one sentence.
 */
export function openDoor(
  name: string,
  {
    log,
    metrics = null,
    trusted = NOBODY,
  }: { log: Logger; metrics?: HttpMetrics | null; trusted?: TrustedProxies },
): Door {
  const door: Door = new Hono()
  if (metrics !== null) door.use(metrics.of(name))

  door.use(
    secureHeaders({
      strictTransportSecurity: false,
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    }),
  )
  door.use(async (c, next) => {
    const given = c.req.header(REQUEST_ID_HEADER)
    const requestId = given !== undefined && REQUEST_ID.test(given) ? given : crypto.randomUUID()
    c.set('requestId', requestId)
    c.set('address', clientAddress(c, c.env.incoming.socket.remoteAddress, trusted))
    const started = performance.now()
    await next()
    c.header(REQUEST_ID_HEADER, requestId)
    log.info(
      {
        door: name,
        request_id: requestId,
        method: c.req.method,
        path: c.get('shownPath') ?? c.req.path,
        status: c.res.status,
        ms: Math.round(performance.now() - started),
      },
      'request',
    )
  })

  door.onError((fault, c) => {
    if (fault instanceof Refusal) {
      log.info({ door: name, request_id: c.get('requestId'), code: fault.problem.code }, 'refused')
      return problem(c, fault.problem)
    }
    log.error({ door: name, request_id: c.get('requestId'), err: fault }, 'fault')
    const refusal = toRefusal(fault)
    if (refusal !== null) return problem(c, refusal.problem)
    return problem(c, {
      code: 'internal',
      message: `Something in MCPbox failed; its log has the details under request ${c.get('requestId')}.`,
    })
  })
  door.notFound((c) => problem(c, { code: 'not_found', message: 'There is nothing here.' }))
  return door
}

function problem(c: Context<DoorEnv>, said: Problem) {
  const status = statusOf(said.code)
  // RFC 9110 §10.2.3
  if (status === 503) c.header('retry-after', String(RETRY_AFTER_S))
  return c.body(JSON.stringify(problemBody(said, c.get('requestId'))), status, {
    'content-type': PROBLEM_TYPE,
  })
}
