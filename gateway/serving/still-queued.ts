import type { OperationResult } from '#contract/operation.ts'
import { handleOf, WAIT_TOOL, type Position } from '#contract/waiting.ts'
import type { Wait } from '../call-queue.ts'
import { OriginRefusal, type Caller } from '../origin.ts'
import type { GatewayPorts } from '../ports.ts'
import { problemOf } from './refusal.ts'

/** Where in a tool result's `_meta` the handle of a call stands that waits for the origin. */
const QUEUED_META_KEY = 'mcpbox/queued'

/**
 * Where at the origin an operation is that a client waits for; what the client is told when it is not
 * there yet.
 * @throws OriginRefusal when it was queued and never got there
 */
export async function atTheOrigin(
  ports: GatewayPorts,
  as: Caller,
  position: Position,
): Promise<{ position: Position } | { result: OperationResult }> {
  // Who has seen an event of it knows it from the origin.
  if (ports.queue === undefined || position.seq > 0) return { position }
  const kept = await refusing(ports, ports.queue.find(as, position.opId))
  switch (kept?.is) {
    case undefined:
      return { position }
    case 'waiting':
      return { result: stillQueued(position, kept) }
    case 'delivered':
      return { position: { opId: kept.opId, seq: 0 } }
    case 'dropped':
      throw new OriginRefusal(kept.problem)
  }
}

/** What a client is told of a call that waits for the origin. */
export function stillQueued(position: Position, wait: Wait): OperationResult {
  const handle = handleOf(position)
  const since = new Date(wait.since).toISOString()
  const until = new Date(wait.until).toISOString()
  const text =
    `MCPbox is away. This call has been waiting for it since ${since}, and runs by itself once MCPbox is back; ` +
    `if that is not before ${until}, it never runs. For its result, call ${WAIT_TOOL.name} with ` +
    `${JSON.stringify({ handle })} later. Calling the tool again would run it again.`
  return {
    content: [{ type: 'text', text }],
    _meta: { [QUEUED_META_KEY]: { handle, since, until } },
  }
}

/** What comes of a queue's work; whatever that throws becomes a refusal. */
export async function refusing<T>(ports: GatewayPorts, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (thrown) {
    throw new OriginRefusal(problemOf(thrown, ports))
  }
}
