import type { ServerContext } from '@modelcontextprotocol/server'
import { CLIENT_INFO_META_KEY } from '@modelcontextprotocol/server'
import { ClientInfo, OpId, type OperationEvent, type OperationResult } from '#contract/operation.ts'
import { OriginRefusal } from '../origin.ts'
import type { GatewayPorts } from '../ports.ts'
import type { Asker } from './asker.ts'
import type { Inputs, Suspended } from './inputs.ts'
import type { Asked } from './operation-params.ts'
import { pause } from './pause.ts'
import { problemOf } from './refusal.ts'
import { reporter, type Reporter } from './reporter.ts'

const CANCEL_LAST_WAIT_MS = 800

/** What one operation needs of the exchange that asks for it. */
export interface Operating {
  asker: Asker
  ctx: ServerContext
  /**
   * Aborts when the client wants the operation's end; which events do that is a question of the
   * era. `ctx.mcpReq.signal` only ends waiting.
   */
  cancel: AbortSignal
  /** How questions of the operation reach the client. */
  inputs: Inputs
}

/**
 * Carries out what a client asked for as one operation of the origin, telling the client of
 * progress and logs meanwhile, and of questions. Goes on with one that waited for the client when
 * this is its repetition.
 *
 * @throws OriginRefusal for every refusal, and with the signal's reason once nobody waits.
 */
export async function operate(
  ports: GatewayPorts,
  asked: Asked,
  operating: Operating,
): Promise<OperationResult> {
  const { asker, ctx, cancel, inputs } = operating
  const suspended = await inputs.suspended()
  if (suspended !== null && 'result' in suspended) return suspended.result
  const opId = suspended?.opId ?? OpId.parse(crypto.randomUUID())
  const askForTheEnd = () => {
    ports.defer(cancelOperation(ports, asker, opId))
  }
  cancel.addEventListener('abort', askForTheEnd, { once: true })
  try {
    const waiting = AbortSignal.any([ctx.mcpReq.signal, cancel])
    const events =
      suspended === null ? begin(ports, asked, operating, opId, waiting) : goOn(suspended, waiting)
    return await follow(events, operating, opId, ports)
  } catch (thrown) {
    if (ctx.mcpReq.signal.aborted || cancel.aborted) throw thrown
    throw new OriginRefusal(problemOf(thrown, ports))
  } finally {
    cancel.removeEventListener('abort', askForTheEnd)
  }

  async function* goOn({ seq, replies }: Suspended, signal: AbortSignal) {
    await ports.origin.reply(asker.principal, opId, { seq, replies })
    const operation = { opId, after: seq, deadlineMs: ports.times.callDeadlineMs }
    yield* ports.origin.resume(asker.principal, operation, signal)
  }
}

function begin(
  ports: GatewayPorts,
  asked: Asked,
  { asker, ctx }: Operating,
  opId: OpId,
  signal: AbortSignal,
): AsyncIterable<OperationEvent> {
  const request = {
    ...asked,
    op_id: opId,
    era: asker.era,
    client: asker.client ?? clientOf(ctx),
    deadline_ms: ports.times.callDeadlineMs,
  }
  return ports.origin.operate(asker.principal, request, signal)
}

async function follow(
  events: AsyncIterable<OperationEvent>,
  { asker, ctx, inputs }: Operating,
  opId: OpId,
  ports: GatewayPorts,
): Promise<OperationResult> {
  const report = reporter(ctx, asker)
  for await (const event of events) {
    switch (event.type) {
      case 'accepted':
      case 'heartbeat':
        break
      case 'progress':
      case 'log':
        await tell(report, event)
        break
      case 'asks': {
        const { seq, asks } = event
        const { replies, result } = await inputs.put({ opId, seq, asks })
        if (replies.length > 0) await ports.origin.reply(asker.principal, opId, { seq, replies })
        if (result !== undefined) return result
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

/** The wish to cancel may overtake the operation itself; then it is told again. */
async function cancelOperation(ports: GatewayPorts, asker: Asker, opId: OpId): Promise<void> {
  for (let wait = 50; ; wait *= 2) {
    try {
      return await ports.origin.cancel(asker.principal, opId)
    } catch (error) {
      const isUnknown = error instanceof OriginRefusal && error.problem.code === 'operation_unknown'
      if (isUnknown && wait > CANCEL_LAST_WAIT_MS) return
      if (!isUnknown) return ports.onFault(error)
    }
    await pause(wait, new AbortController().signal)
  }
}

function clientOf(ctx: ServerContext): ClientInfo | null {
  const envelope: Record<string, unknown> = ctx.mcpReq.envelope ?? {}
  const client = ClientInfo.safeParse(envelope[CLIENT_INFO_META_KEY])
  return client.success ? client.data : null
}
