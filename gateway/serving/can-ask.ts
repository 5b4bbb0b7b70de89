import type { ClientCapabilities } from '@modelcontextprotocol/server'
import type { Ask, AskReply } from '#contract/asks.ts'

/** JSON-RPC code of what a client cannot be asked (MCP 2026-07-28, missing client capability). */
const MISSING_CAPABILITY = -32021

/** What a client must declare to be asked these. */
export function capabilitiesFor(asks: readonly Ask[]): ClientCapabilities {
  return Object.assign({}, ...asks.map(({ method }) => CAPABILITY[method]))
}

const CAPABILITY: Record<Ask['method'], ClientCapabilities> = {
  'elicitation/create': { elicitation: {} },
  'sampling/createMessage': { sampling: {} },
  'roots/list': { roots: {} },
}

/** Parts questions into those that a client says it can answer and replies to the others. */
export function sortAsks(
  asks: readonly Ask[],
  capabilities: ClientCapabilities,
): { possible: Ask[]; impossible: AskReply[] } {
  const possible = asks.filter((ask) => canAsk(ask, capabilities))
  const impossible = asks
    .filter((ask) => !possible.includes(ask))
    .map(({ key, method }) => ({
      key,
      error: {
        code: MISSING_CAPABILITY,
        message: `The client that called cannot be asked for ${method}.`,
      },
    }))
  return { possible, impossible }
}

/** Elicitation without a named mode means forms (MCP 2025-11-25, client/elicitation). */
function canAsk({ method, params }: Ask, { elicitation, sampling, roots }: ClientCapabilities) {
  switch (method) {
    case 'elicitation/create':
      if (elicitation === undefined) return false
      if (params['mode'] === 'url') return elicitation.url !== undefined
      return elicitation.form !== undefined || elicitation.url === undefined
    case 'sampling/createMessage':
      return (
        sampling !== undefined && (params['tools'] === undefined || sampling.tools !== undefined)
      )
    case 'roots/list':
      return roots !== undefined
  }
}
