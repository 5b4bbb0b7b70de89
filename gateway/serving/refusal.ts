import {
  MissingRequiredClientCapabilityError,
  ProtocolError,
  type CallToolResult,
  type ClientCapabilities,
  type JSONRPCMessage,
} from '@modelcontextprotocol/server'
import type { OperationResult } from '#contract/operation.ts'
import type { Problem, ProblemCode } from '#contract/problem.ts'
import { replyId } from '../exchange.ts'
import { OriginRefusal } from '../origin.ts'
import type { GatewayPorts } from '../ports.ts'
import { wireOf } from '../wire/problem.ts'
import { rpcError } from '../wire/rpc-error.ts'
import type { Asked } from './operation-params.ts'

/** Where in a tool result's `_meta` the stable code of a problem stands. */
const PROBLEM_CODE_META_KEY = 'mcpbox/code'

const INTERNAL: Problem = {
  code: 'internal',
  message: 'MCPbox failed to answer this request. The failure was recorded.',
}

/** A problem as the JSON-RPC error that the SDK sends when a handler throws it. */
export function toProtocolError(problem: Problem, data: object = {}): ProtocolError {
  const { code, message } = problem
  return new ProtocolError(wireOf(code).rpc, message, { ...data, code })
}

/** What a thrown value may become outside. Anything unexpected is reported and told apart by nothing. */
export function problemOf(thrown: unknown, ports: Pick<GatewayPorts, 'onFault'>): Problem {
  if (thrown instanceof OriginRefusal) return thrown.problem
  ports.onFault(thrown)
  return INTERNAL
}

/**
 * The answer to an exchange that came to nothing. In band, with status 200 where it may be: clients
 * read a status as news of the session.
 */
export function failure(
  thrown: unknown,
  message: JSONRPCMessage | null,
  ports: Pick<GatewayPorts, 'onFault'>,
): Response {
  const problem = problemOf(thrown, ports)
  const status = OUT_OF_BAND.has(problem.code) ? wireOf(problem.code).status : 200
  return rpcError(problem, { id: replyId(message), status })
}

/** Failures of MCPbox itself, and of the trust between its front and its origin: none of the session's. */
const OUT_OF_BAND: ReadonlySet<ProblemCode> = new Set([
  'internal',
  'service_token_mismatch',
  'assertion_invalid',
  'assertion_expired',
  'assertion_replayed',
])

/**
 * What a refused operation answers. `missing` is what the client would have had to declare.
 * @throws ProtocolError where the answer is a JSON-RPC error
 */
export function refusedOperation(
  asked: Asked,
  problem: Problem,
  missing: ClientCapabilities | null,
): OperationResult {
  if (problem.code === 'capability_missing' && missing !== null)
    throw new MissingRequiredClientCapabilityError(
      { requiredCapabilities: missing },
      problem.message,
    )
  if (asked.method === 'tools/call') return refusedCall(problem)
  if (asked.method === 'resources/read' && problem.code === 'unknown_resource') {
    throw toProtocolError(problem, { uri: asked.params.uri })
  }
  throw toProtocolError(problem)
}

/**
 * What a refused tool call answers. A tool that does not exist is the client's mistake and a
 * JSON-RPC error (MCP, server/tools, error handling); all else is a result that the assistant can
 * read and act on.
 */
function refusedCall(problem: Problem): CallToolResult {
  if (problem.code === 'unknown_tool') throw toProtocolError(problem)
  if (problem.code === 'internal') throw toProtocolError(problem)
  return {
    content: [{ type: 'text', text: problem.message }],
    isError: true,
    _meta: { [PROBLEM_CODE_META_KEY]: problem.code },
  }
}
