import { createRequestStateCodec, type ServerContext } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { Ask } from '#contract/asks.ts'
import { canonicalJson } from '#contract/json.ts'
import { ASKING_MS } from '#contract/limits.ts'
import { OpId } from '#contract/operation.ts'
import { principalKey, type Principal } from '#contract/principal.ts'
import type { Standing } from '../serving/inputs.ts'
import type { Asked } from '../serving/operation-params.ts'

/** How long a client may take to come back: as long as a tool waits for an answer. */
const LIFETIME_S = ASKING_MS / 1000

const State = z.object({ op: OpId, seq: z.int().positive(), asks: z.array(Ask) })

/** Seals where an operation stands into `requestState`, for its asker and its question alone. */
export interface RequestStates {
  seal(standing: Standing, ctx: ServerContext): Promise<string>
  /** Null for anything that was not sealed here, for this, and lately. */
  open(state: string, ctx: ServerContext): Promise<Standing | null>
}

/**
 * States of one repeated request (MCP 2026-07-28, basic/patterns/mrtr). They are signed, not
 * hidden: what is in them, the client was told anyway.
 *
 * @param key a secret of at least 32 characters, the same in every isolate and replica
 */
export function requestStates(key: string, principal: Principal, asked: Asked): RequestStates {
  const codec = createRequestStateCodec<z.input<typeof State>>({
    key: `request-state:${key}`,
    ttlSeconds: LIFETIME_S,
    bind: () => `${principalKey(principal)}\0${canonicalJson(asked)}`,
  })
  return {
    seal: ({ opId, seq, asks }, ctx) => codec.mint({ op: opId, seq, asks }, ctx),
    async open(state, ctx) {
      const sealed: unknown = await codec.verify(state, ctx).catch(() => null)
      const read = State.safeParse(sealed)
      if (!read.success) return null
      const { op, seq, asks } = read.data
      return { opId: op, seq, asks }
    },
  }
}
