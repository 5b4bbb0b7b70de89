import type { ClientCapabilities, ServerContext } from '@modelcontextprotocol/server'
import type { Ask, AskReply } from '#contract/asks.ts'
import { JsonObject } from '#contract/json.ts'
import { ASKING_MS } from '#contract/limits.ts'
import { sortAsks } from '../serving/can-ask.ts'
import type { Inputs } from '../serving/inputs.ts'

/** JSON-RPC code of an answer that is none. */
const INVALID_PARAMS = -32602

/**
 * Asks while the call runs: requests of the server on the call's own stream, which the client
 * answers by posts of their own (MCP 2025-11-25, basic/transports).
 */
export function pushedInputs(ctx: ServerContext, capabilities: ClientCapabilities): Inputs {
  async function push({ key, method, params }: Ask, signal: AbortSignal): Promise<AskReply> {
    try {
      const options = { timeout: ASKING_MS, signal }
      return { key, result: JsonObject.parse(await ctx.mcpReq.send({ method, params }, options)) }
    } catch (error) {
      signal.throwIfAborted()
      return { key, error: { code: codeOf(error), message: String(error).slice(0, 2_000) } }
    }
  }

  return {
    suspended: async () => null,
    // This era has no error for it: the result says so.
    missing: () => null,
    async put({ asks }, over) {
      const signal = AbortSignal.any([ctx.mcpReq.signal, over])
      const { possible, impossible } = sortAsks(asks, capabilities)
      const asked = possible.map((ask) => push(ask, signal))
      return { replies: [...impossible, ...(await Promise.all(asked))] }
    },
  }
}

function codeOf(error: unknown): number {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null
  return Number.isSafeInteger(code) ? Number(code) : INVALID_PARAMS
}
