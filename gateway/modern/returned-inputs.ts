import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type InputRequiredResult,
  type ServerContext,
} from '@modelcontextprotocol/server'
import type { Ask, AskReply } from '#contract/asks.ts'
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
      const replies = repliesTo(standing.asks, ctx.mcpReq.inputResponses)
      if (replies.length < standing.asks.length) return { result: await required(standing) }
      return { opId: standing.opId, seq: standing.seq, replies }
    },

    async put(standing) {
      const { possible, impossible } = sortAsks(standing.asks, capabilitiesOf(ctx))
      const lacking = standing.asks.filter((ask) => !possible.includes(ask))
      if (lacking.length > 0) missing = { ...missing, ...capabilitiesFor(lacking) }
      const foreseen = repliesTo(possible, isFirstRound(ctx) ? ctx.mcpReq.inputResponses : {})
      const replies = [...impossible, ...foreseen]
      const asks = possible.filter(({ key }) => !replies.some((reply) => reply.key === key))
      return asks.length === 0
        ? { replies }
        : { replies, result: await required({ ...standing, asks }) }
    },
  }
}

const STATE_INVALID = {
  code: 'invalid_arguments',
  message: 'Invalid or expired requestState',
} as const

/** A client may answer what it knows will be asked; with a state, it answers what that state asked. */
function isFirstRound(ctx: ServerContext): boolean {
  return ctx.mcpReq.requestState() === undefined
}

/** Answers to what was asked; what was not asked is left out. */
function repliesTo(asks: Ask[], responses: Record<string, unknown> = {}): AskReply[] {
  return asks.flatMap(({ key }) => {
    const result = JsonObject.safeParse(responses[key])
    return result.success ? [{ key, result: result.data }] : []
  })
}

function capabilitiesOf(ctx: ServerContext): ClientCapabilities {
  const envelope: { [key: string]: unknown } = ctx.mcpReq.envelope ?? {}
  const declared: ClientCapabilities = envelope[CLIENT_CAPABILITIES_META_KEY] ?? {}
  return declared
}
