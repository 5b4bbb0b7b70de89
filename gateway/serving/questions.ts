import type { OpId, OperationResult } from '#contract/operation.ts'
import type { AskReplies } from '#contract/asks.ts'
import type { ProblemCode } from '#contract/problem.ts'
import { OriginRefusal, type Caller } from '../origin.ts'
import type { GatewayPorts } from '../ports.ts'
import type { Inputs, Standing } from './inputs.ts'
import type { Deadline } from './patience.ts'
import { park } from './still-running.ts'

export interface QuestionsOptions {
  asker: Caller
  inputs: Inputs
  /** Stands still while a question does: clients wait for their people. */
  deadline: Deadline
}

/**
 * Questions of one operation that stand before its client. The operation is followed on meanwhile:
 * it may end before anybody answers, and then disposing of this takes the questions back.
 */
export class Questions implements Disposable {
  readonly #ports: GatewayPorts
  readonly #options: QuestionsOptions
  readonly #over = new AbortController()
  readonly #result = Promise.withResolvers<OperationResult>()
  #standing = 0

  constructor(ports: GatewayPorts, options: QuestionsOptions) {
    this.#ports = ports
    this.#options = options
  }

  /** Resolves when the client is to come back with replies; rejects when asking failed. */
  get result(): Promise<OperationResult> {
    return this.#result.promise
  }

  put(standing: Standing): void {
    this.#put(standing).catch(this.#result.reject)
  }

  async #put(standing: Standing): Promise<void> {
    const { asker, inputs, deadline } = this.#options
    const { opId, seq } = standing
    this.#standing++
    deadline.stop()
    const { replies, result } = await inputs.put(standing, this.#over.signal)
    if (replies.length > 0) await reply(this.#ports, asker, opId, { seq, replies })
    this.#standing--
    if (result !== undefined) {
      await park(this.#ports, asker, { opId })
      this.#result.resolve(result)
    } else if (this.#standing === 0 && !this.#over.signal.aborted) deadline.set()
  }

  [Symbol.dispose](): void {
    this.#over.abort()
  }
}

/** Refusals that say nothing about the replies: others would fare no better. */
const NOT_THE_REPLIES: ReadonlySet<ProblemCode> = new Set([
  'origin_unreachable',
  'operation_unknown',
])

/** JSON-RPC code of an answer that is none. */
const INVALID_PARAMS = -32602

/**
 * Brings replies to the operation that asked. Where the origin will not take what a client said, the
 * tool hears that in its place, and goes on.
 */
export async function reply(
  { origin }: GatewayPorts,
  as: Caller,
  opId: OpId,
  { seq, replies }: AskReplies,
): Promise<void> {
  try {
    await origin.reply(as, opId, { seq, replies })
  } catch (thrown) {
    if (!(thrown instanceof OriginRefusal) || NOT_THE_REPLIES.has(thrown.problem.code)) throw thrown
    const message = `The client's answer was refused: ${thrown.message}`.slice(0, 2_000)
    const error = { code: INVALID_PARAMS, message }
    await origin.reply(as, opId, {
      seq,
      replies: replies.map(({ key }) => ({ key, error })),
    })
  }
}
