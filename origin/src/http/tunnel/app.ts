import type { Context } from 'hono'
import { z } from 'zod'
import { ASSERTION_HEADER, SERVICE_TOKEN_HEADER } from '#contract/assertion.ts'
import { AskReplies } from '#contract/asks.ts'
import type { ChangeNotice } from '#contract/catalog.ts'
import { pongTo, type Pong } from '#contract/deploy-proof.ts'
import { OperationRequest, OpId } from '#contract/operation.ts'
import type { CatalogReader } from '../../domain/catalog.ts'
import { catalogChanges } from '../../domain/catalog-changes.ts'
import type { NoticeBoard } from '../../domain/notices.ts'
import type { OperationEngine } from '../../domain/operations/engine.ts'
import { refuse } from '../../domain/refusal.ts'
import type { Logger } from '../../log.ts'
import type { HttpMetrics } from '../../metrics/http-metrics.ts'
import { bodyBytes, parseBody } from '../body.ts'
import { openDoor, type Door, type DoorEnv } from '../door.ts'
import { eventLines } from '../event-lines.ts'
import { assertedPrincipal } from './assertion.ts'
import type { KnownKeys } from './known-keys.ts'
import { keyPairOf } from './service-token.ts'

/** Of PostgreSQL's integer, in which events are numbered. */
const MAX_SEQ = 2 ** 31 - 1

/**
 * The tunnel door: what the Worker asks of the origin. Every route but `/health` needs the
 * service token and an assertion, whatever state the set-up is in.
 */
export function tunnelDoor(parts: {
  engine: OperationEngine
  catalog: CatalogReader
  notices: NoticeBoard
  keys: KnownKeys
  useAssertion: (jti: string, expiresAt: Date) => Promise<boolean>
  /** Somebody who holds the service token was let in. */
  entered: () => void
  /** Null: nothing is measured. */
  metrics: HttpMetrics | null
  log: Logger
}): Door {
  const { engine, catalog, log } = parts
  const door = openDoor('tunnel', { log, metrics: parts.metrics })
  const onFault = (fault: unknown) => log.error({ err: fault, door: 'tunnel' }, 'stream broke')

  async function enter(c: Context<DoorEnv>) {
    // First of all: nobody without it makes us read a body.
    const given = c.req.header(SERVICE_TOKEN_HEADER)
    const pair = await keyPairOf(given, parts.keys, log, c.get('requestId'))
    const body = await bodyBytes(c)
    const url = new URL(c.req.url)
    const principal = await assertedPrincipal(
      {
        assertion: c.req.header(ASSERTION_HEADER),
        method: c.req.method,
        path: url.pathname + url.search,
        body,
      },
      pair.assertionKey,
      parts.useAssertion,
    )
    parts.entered()
    return { principal, body, assertionKey: pair.assertionKey }
  }

  door.get('/health', (c) => {
    // For who watches the process from beside it; cloudflared marks what comes through the tunnel.
    if (c.req.header('cf-ray') !== undefined || c.req.header('cf-connecting-ip') !== undefined)
      return refuse('not_found', 'There is nothing here.')
    return c.json({ status: 'ok' })
  })

  /** Whether the Worker's two secrets are good here. */
  door.get('/ping', async (c) => {
    const { assertionKey } = await enter(c)
    const pong = await pongTo(c.get('requestId'), assertionKey)
    return c.json({ pong } satisfies Pong)
  })

  door.post('/operations', async (c) => {
    const { principal, body } = await enter(c)
    const request = parseBody(c, OperationRequest, body)
    const opId = await engine.submit(principal, request, c.get('requestId'))
    const stop = new AbortController()
    return eventLines(engine.follow(principal, opId, 0, stop.signal), stop, onFault)
  })

  door.get('/operations/:op_id/events', async (c) => {
    const { principal } = await enter(c)
    const opId = readOpId(c.req.param('op_id'))
    const after = z.coerce
      .number()
      .int()
      .min(0)
      .max(MAX_SEQ)
      .safeParse(c.req.query('after') ?? '0')
    if (!after.success) return refuse('invalid_request', 'after: must be a number from 0 up')
    const stop = new AbortController()
    const events = engine.follow(principal, opId, after.data, stop.signal)
    // The first event is drawn before the answer is begun, so that an unknown id is a 404.
    const first = await events.next()
    return eventLines(startingWith(first, events), stop, onFault)
  })

  door.post('/operations/:op_id/replies', async (c) => {
    const { principal, body } = await enter(c)
    const opId = readOpId(c.req.param('op_id'))
    await engine.reply(principal, opId, parseBody(c, AskReplies, body))
    return c.body(null, 204)
  })

  door.post('/operations/:op_id/park', async (c) => {
    const { principal } = await enter(c)
    await engine.park(principal, readOpId(c.req.param('op_id')))
    return c.body(null, 204)
  })

  door.post('/operations/:op_id/cancel', async (c) => {
    const { principal } = await enter(c)
    await engine.cancel(principal, readOpId(c.req.param('op_id')))
    return c.body(null, 204)
  })

  door.get('/catalog', async (c) => {
    await enter(c)
    const current = await catalog.read()
    const etag = `"${current.etag}"`
    c.header('etag', etag)
    if (c.req.header('if-none-match') === etag) return c.body(null, 304)
    return c.json(current)
  })

  door.get('/changes', async (c) => {
    await enter(c)
    const stop = new AbortController()
    const changes: AsyncIterator<ChangeNotice> = catalogChanges(catalog, parts.notices, stop.signal)
    return eventLines(changes, stop, onFault)
  })

  return door
}

function readOpId(text: string): OpId {
  const opId = OpId.safeParse(text)
  return opId.success ? opId.data : refuse('operation_unknown', 'There is no such operation.')
}

async function* startingWith<T>(first: IteratorResult<T, void>, rest: AsyncIterable<T>) {
  if (first.done === true) return
  yield first.value
  yield* rest
}
