import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type InputRequiredResult,
  type ServerContext,
} from '@modelcontextprotocol/server'
import type { AskReply } from '#contract/asks.ts'
import { JsonObject } from '#contract/json.ts'
import { capabilitiesFor, sortAsks } from '../serving/can-ask.ts'
import { toProtocolError } from '../serving/refusal.ts'
import type { Inputs, Standing } from '../serving/inputs.ts'
import type { RequestStates } from './request-state.ts'

/**
 * Asks by returning: the answer is `input_required`, and the client repeats its request with what
 * it was asked for (MCP 2026-07-28, basic/patterns/mrtr). The operation runs on meanwhile.
 */
export function returnedInputs(ctx: ServerContext, states: RequestStates): Inputs {
  let missing: ClientCapabilities | null = null
  async function required(standing: Standing): Promise<InputRequiredResult> {
    const requests = standing.asks.map(({ key, method, params }) => [key, { method, params }])
    return {
      resultType: 'input_required',
      inputRequests: Object.fromEntries(requests),
      requestState: await states.seal(standing, ctx),
    }
  }

  return {
    missing: () => missing,

    async suspended() {
      const state = ctx.mcpReq.requestState()
      if (state === undefined) return null
      const standing = typeof state === 'string' ? await states.open(state, ctx) : null
      if (standing === null) throw toProtocolError(STATE_INVALID)
      const replies = repliesTo(standing, ctx.mcpReq.inputResponses ?? {})
      if (replies.length < standing.asks.length) return { result: await required(standing) }
      return { opId: standing.opId, seq: standing.seq, replies }
    },

    async put(standing) {
      const { possible, impossible } = sortAsks(standing.asks, capabilitiesOf(ctx))
      const lacking = standing.asks.filter((ask) => !possible.includes(ask))
      if (lacking.length > 0) missing = { ...missing, ...capabilitiesFor(lacking) }
      if (possible.length === 0) return { replies: impossible }
      return { replies: impossible, result: await required({ ...standing, asks: possible }) }
    },
  }
}

const STATE_INVALID = {
  code: 'invalid_arguments',
  message: 'Invalid or expired requestState',
} as const

/** Answers to what was asked; what was not asked is left out. */
function repliesTo({ asks }: Standing, responses: Record<string, unknown>): AskReply[] {
  return asks.flatMap(({ key }) => {
    const result = JsonObject.safeParse(responses[key])
    return result.success ? [{ key, result: result.data }] : []
  })
}

function capabilitiesOf(ctx: ServerContext): ClientCapabilities {
  const envelope: Record<string, unknown> = ctx.mcpReq.envelope ?? {}
  return (envelope[CLIENT_CAPABILITIES_META_KEY] ?? {}) as ClientCapabilities
}
