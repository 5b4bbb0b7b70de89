import type { ServerContext } from '@modelcontextprotocol/server'
import { CLIENT_INFO_META_KEY } from '@modelcontextprotocol/server'
import { HARD_STOP_MS } from '#contract/limits.ts'
import {
  ClientInfo,
  type OpId,
  type OperationEvent,
  type OperationResult,
} from '#contract/operation.ts'
import type { Position } from '#contract/waiting.ts'
import { OriginRefusal } from '../origin.ts'
import type { GatewayPorts } from '../ports.ts'
import type { Asker } from './asker.ts'
import { cancelOperation } from './cancel-operation.ts'
import type { Inputs, Suspended } from './inputs.ts'
import type { Asked } from './operation-params.ts'
import { Offer } from './offer.ts'
import { Deadline } from './patience.ts'
import { Questions, reply } from './questions.ts'
import { problemOf } from './refusal.ts'
import { reporter, type Reporter } from './reporter.ts'
import { atTheOrigin } from './still-queued.ts'
import { stillRunning, waitedFor } from './still-running.ts'

/** What one operation needs of the exchange that asks for it. */
export interface Operating {
  asker: Asker
  /** Of the operation that is begun, if one is. */
  opId: OpId
  ctx: ServerContext
  /**
   * Aborts when the client wants the operation's end; which events do that is a question of the
   * era. `ctx.mcpReq.signal` only ends waiting.
   */
  cancel: AbortSignal
  /** How questions of the operation reach the client. */
  inputs: Inputs
  /** Told how far the client has been told of the operation once it hears what comes next. */
  reached: (position: Position) => void
}

/**
 * Carries out what a client asked for as one operation of the origin, telling the client of
 * progress and logs meanwhile, and of questions. Goes on with one that waited for the client when
 * this is its repetition, or when the client asks to wait for it.
 *
 * A client is not kept waiting for a tool until it gives up: it is told that the call runs on, and
 * how to wait for it. Nobody can come back for anything else, so that is stopped in the end. A call
 * that nobody takes is queued where its tool says so.
 *
 * @throws OriginRefusal for every refusal, and with the signal's reason once nobody waits.
 */
export async function operate(
  ports: GatewayPorts,
  asked: Asked,
  operating: Operating,
): Promise<OperationResult> {
  const { asker, ctx, cancel, inputs } = operating
  const repeated = await inputs.suspended()
  if (repeated !== null && 'result' in repeated) return repeated.result
  const suspended: Suspended | null = repeated
  const handed = waitedFor(asked)
  const found = handed === null ? null : await atTheOrigin(ports, asker, handed)
  if (found !== null && 'result' in found) return found.result
  const waited = found?.position ?? null
  const known = suspended ?? waited
  const at: Position =
    known === null ? { opId: operating.opId, seq: 0 } : { opId: known.opId, seq: known.seq }
  const client = asker.client ?? clientOf(ctx)
  const tool = asked.method === 'tools/call' ? asked.params.name : null
  const { era, address } = asker
  const from = address === undefined ? {} : { address }
  const deadlineMs = ports.times.callDeadlineMs
  const request =
    known === null
      ? { ...asked, op_id: at.opId, era, client, ...from, deadline_ms: deadlineMs }
      : null
  using offer = new Offer(ports, asker, request)
  using deadline = new Deadline(tool === null ? HARD_STOP_MS : ports.times.patienceMs(client))
  const over = new AbortController()
  const askForTheEnd = () => ports.defer(cancelOperation(ports, asker, at.opId))
  // Who only waits for an operation did not ask for it here, and does not end it by leaving.
  if (waited === null) cancel.addEventListener('abort', askForTheEnd, { once: true })
  try {
    // What is known to the origin needs no taking first.
    if (known !== null) deadline.set()
    const waiting = AbortSignal.any([
      ctx.mcpReq.signal,
      cancel,
      offer.signal,
      deadline.signal,
      over.signal,
    ])
    using questions = new Questions(ports, { asker, inputs, deadline })
    const end = follow(eventsOf(waiting), at, {
      ...operating,
      questions,
      taken: () => {
        offer.taken()
        if (known === null) deadline.set()
      },
    })
    return await Promise.race([end, questions.result])
  } catch (thrown) {
    if (ctx.mcpReq.signal.aborted || cancel.aborted) throw thrown
    const queued = await offer.queue(thrown, cancel)
    if (queued !== null) return queued
    if (thrown instanceof OriginRefusal || !deadline.signal.aborted)
      throw new OriginRefusal(problemOf(thrown, ports))
    if (tool !== null) return await stillRunning(ports, asker, tool, at)
    askForTheEnd()
    throw new OriginRefusal(TOO_LONG)
  } finally {
    over.abort()
    cancel.removeEventListener('abort', askForTheEnd)
  }

  async function* eventsOf(signal: AbortSignal): AsyncGenerator<OperationEvent> {
    if (request !== null) yield* ports.origin.operate(asker, request, signal)
    if (known === null) return
    const { opId, seq } = known
    if (suspended !== null) await reply(ports, asker, opId, { seq, replies: suspended.replies })
    yield* ports.origin.resume(asker, { opId, after: seq, deadlineMs }, signal)
    if (waited !== null && !signal.aborted) throw new OriginRefusal(NOTHING_MORE)
  }
}

/** Of a handle that says that the end was seen already; no handle that we gave says so. */
const NOTHING_MORE = {
  code: 'operation_unknown',
  message: 'Nothing more comes under this handle.',
} as const

const TOO_LONG = {
  code: 'execution_failed',
  message: `It was stopped: it took longer than ${HARD_STOP_MS / 1_000} s.`,
} as const

interface Following extends Operating {
  questions: Questions
  /** Told once, when the origin has the operation. */
  taken: () => void
}

/** Follows an operation to its end. `at` goes along. Questions do not hold it up. */
async function follow(
  events: AsyncIterable<OperationEvent>,
  at: Position,
  { asker, ctx, questions, taken, reached }: Following,
): Promise<OperationResult> {
  const report = reporter(ctx, asker)
  let isTaken = false
  for await (const event of events) {
    if ('seq' in event) at.seq = event.seq
    switch (event.type) {
      case 'accepted':
        at.opId = event.op_id
        if (!isTaken) taken()
        reached(at)
        isTaken = true
        break
      case 'heartbeat':
        break
      case 'progress':
      case 'log':
        reached(at)
        await tell(report, event)
        break
      case 'asks': {
        const { seq, asks } = event
        questions.put({ opId: at.opId, seq, asks })
        break
      }
      case 'result':
        return event.result
      case 'problem':
        throw new OriginRefusal(event.problem)
    }
  }
  throw new Error('The operation ended without a result')
}

function tell(
  report: Reporter,
  event: Extract<OperationEvent, { type: 'progress' | 'log' }>,
): Promise<void> {
  return event.type === 'progress' ? report.progress(event) : report.log(event)
}

function clientOf(ctx: ServerContext): ClientInfo | null {
  const envelope: Record<string, unknown> = ctx.mcpReq.envelope ?? {}
  const client = ClientInfo.safeParse(envelope[CLIENT_INFO_META_KEY])
  return client.success ? client.data : null
}
