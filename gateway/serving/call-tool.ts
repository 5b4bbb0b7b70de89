import { CLIENT_INFO_META_KEY, type ServerContext } from '@modelcontextprotocol/server'
import { z } from 'zod'
import type { JsonObject } from '#contract/json.ts'
import { ClientInfo, OpId, type OperationEvent, type ToolResult } from '#contract/operation.ts'
import { OriginRefusal } from '../origin.ts'
import type { GatewayPorts } from '../ports.ts'
import type { Asker } from './asker.ts'
import { pause } from './pause.ts'
import { problemOf, refusedCall, toProtocolError } from './refusal.ts'
import { reporter, type Reporter } from './reporter.ts'

/** `params` of `tools/call`. Arguments were JSON before, so that they need no second look. */
const CallParams = z.object({
  name: z.string().min(1),
  arguments: z.custom<JsonObject>(isPlainObject, 'must be an object').default({}),
})

const LONGEST_TOOL_NAME = 200
const CANCEL_LAST_WAIT_MS = 800

/**
 * Runs one tool call as one operation of the origin, telling the client of progress and logs
 * meanwhile.
 *
 * `ctx.mcpReq.signal` ends waiting. `cancel` also asks the origin to end the operation; which
 * events abort it is a question of the era.
 */
export async function callTool(
  ports: GatewayPorts,
  asker: Asker,
  params: unknown,
  ctx: ServerContext,
  cancel: AbortSignal,
): Promise<ToolResult> {
  const parsed = CallParams.safeParse(params)
  if (!parsed.success) {
    throw toProtocolError({ code: 'invalid_arguments', message: z.prettifyError(parsed.error) })
  }
  const { name } = parsed.data
  if (name.length > LONGEST_TOOL_NAME) {
    return refusedCall({ code: 'unknown_tool', message: 'No tool has a name this long.' })
  }
  const opId = OpId.parse(crypto.randomUUID())
  const askForTheEnd = () => {
    ports.defer(cancelOperation(ports, asker, opId))
  }
  cancel.addEventListener('abort', askForTheEnd, { once: true })
  try {
    const request = {
      op_id: opId,
      method: 'tools/call' as const,
      params: parsed.data,
      era: asker.era,
      client: asker.client ?? clientOf(ctx),
      deadline_ms: ports.times.callDeadlineMs,
    }
    const waiting = AbortSignal.any([ctx.mcpReq.signal, cancel])
    const events = ports.origin.operate(asker.principal, request, waiting)
    return await follow(events, reporter(ctx, asker))
  } catch (thrown) {
    if (ctx.mcpReq.signal.aborted || cancel.aborted) throw thrown
    return refusedCall(problemOf(thrown, ports))
  } finally {
    cancel.removeEventListener('abort', askForTheEnd)
  }
}

async function follow(
  events: AsyncIterable<OperationEvent>,
  report: Reporter,
): Promise<ToolResult> {
  for await (const event of events) {
    switch (event.type) {
      case 'accepted':
      case 'heartbeat':
        break
      case 'progress':
        await report.progress(event)
        break
      case 'log':
        await report.log(event)
        break
      case 'result':
        return event.result
      case 'problem':
        throw new OriginRefusal(event.problem)
    }
  }
  throw new Error('The operation ended without a result')
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

function isPlainObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
