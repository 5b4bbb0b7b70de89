import type { OperationResult } from '#contract/operation.ts'
import type { Problem } from '#contract/problem.ts'
import { handleOf, readHandle, WAIT_TOOL, type Position } from '#contract/waiting.ts'
import { OriginRefusal, type Caller } from '../origin.ts'
import type { GatewayPorts } from '../ports.ts'
import type { Asked } from './operation-params.ts'
import { problemOf } from './refusal.ts'

/** Where in a tool result's `_meta` the handle of a call stands that goes on. */
const RUNNING_META_KEY = 'mcpbox/running'

const NO_HANDLE: Problem = {
  code: 'invalid_arguments',
  message: `${WAIT_TOOL.name}: handle: must be one that a call gave`,
}

/** The operation that a call of the waiting tool means; null for any other request. Throws OriginRefusal. */
export function waitedFor(asked: Asked): Position | null {
  if (asked.method !== 'tools/call' || asked.params.name !== WAIT_TOOL.name) return null
  const { handle, ...rest } = asked.params.arguments
  const position = Object.keys(rest).length === 0 ? readHandle(handle) : null
  if (position === null) throw new OriginRefusal(NO_HANDLE)
  return position
}

/**
 * What a tool call answers that its client will not wait for any longer. The operation runs on, and
 * is kept for this client.
 */
export async function stillRunning(
  ports: GatewayPorts,
  as: Caller,
  tool: string,
  position: Position,
): Promise<OperationResult> {
  const [promisesMore] = await Promise.all([
    atMost(ports.times.partingMs, hasOutputSchema(ports, as, tool), true),
    park(ports, as, position),
  ])
  const handle = handleOf(position)
  const text = `Still running. For its result, call ${WAIT_TOOL.name} with ${JSON.stringify({ handle })}. Calling the tool again would run it again.`
  return {
    content: [{ type: 'text', text }],
    ...(promisesMore && { isError: true }),
    _meta: { [RUNNING_META_KEY]: { handle } },
  }
}

/**
 * Keeps an operation for the client that was told of it. Whether that worked changes no answer, so
 * that it is not waited for long, but goes on.
 */
export async function park(
  ports: GatewayPorts,
  as: Caller,
  { opId }: Pick<Position, 'opId'>,
): Promise<void> {
  const parking = keep()
  ports.defer(parking)
  await atMost(ports.times.partingMs, parking, undefined)

  async function keep(): Promise<void> {
    try {
      await ports.origin.park(as, opId)
    } catch (thrown) {
      problemOf(thrown, ports)
    }
  }
}

/** What comes of some work, or something else once that takes too long. */
async function atMost<T>(ms: number, work: Promise<T>, otherwise: T): Promise<T> {
  const late = Promise.withResolvers<T>()
  const timer = setTimeout(() => late.resolve(otherwise), ms)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * True where clients take a result without structured content for a broken promise, unless it is an
 * error (MCP 2025-11-25, server/tools, output schema); also when that cannot be known.
 */
async function hasOutputSchema(ports: GatewayPorts, as: Caller, name: string): Promise<boolean> {
  try {
    const { tools } = await ports.origin.catalog(as, new AbortController().signal)
    const listed = tools.find((tool) => tool.name === name)
    // A client may know a tool that is not listed, from a list of before or a description.
    return listed === undefined || listed.outputSchema !== undefined
  } catch (thrown) {
    problemOf(thrown, ports)
    return true
  }
}
