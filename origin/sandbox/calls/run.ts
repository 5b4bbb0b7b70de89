import type { BoundSecret, EgressRecord } from '#contract/egress.ts'
import { CONTENT_BYTES, MAX_CONTENT_BLOCKS, RESULT_BYTES } from '#contract/limits.ts'
import type { Outcome, RunRequest } from '#contract/sandbox.ts'
import { placeholder } from '#contract/secret-grant.ts'
import { converse } from '../egress/conversation.ts'
import { EGRESS_LIMITS } from '../egress/limits.ts'
import { internet, type Network } from '../egress/network.ts'
import type { ForkServer } from '../process/fork-server.ts'
import type { Event } from '../process/message.ts'
import { NotConfined } from '../process/not-confined.ts'
import { serve } from '../process/serve.ts'
import { toOutcome } from './outcome.ts'

/** The port: one call of one version, to its end. Never rejects; a refusal is an outcome. */
export type Run = (
  request: RunRequest,
  onEvent: (event: Event) => void,
  signal: AbortSignal,
) => Promise<Outcome>

/** As the runner knows them, which cuts nothing: what is larger is refused. */
const ANSWER_LIMITS = {
  result_bytes: RESULT_BYTES,
  content_bytes: CONTENT_BYTES,
  content_blocks: MAX_CONTENT_BLOCKS,
}

/** One for all: to make one takes a look at the stack. */
const OVER = new DOMException('the call is over', 'AbortError')

/**
 * Runs each call in a process of its own, confined as proven before it is given anything. Its
 * requests leave through a broker that lives as long as the call.
 */
export function runConfined(forkServer: ForkServer, network: Network = internet): Run {
  return async (request, onEvent, signal) => {
    const { version, input, secrets, bound_secrets: bound = [], limits } = request
    try {
      const { code, manifest } = version
      const { hosts, modules } = manifest
      const { child, isolation } = await forkServer.take(limits, modules)
      const held = { ...secrets, ...placeholders(bound) }
      const task = { type: 'run', code, input, secrets: held, modules, ...ANSWER_LIMITS }
      const over = new AbortController()
      const policy = { grants: hosts, secrets: bound, limits: EGRESS_LIMITS, network }
      const web = converse({ ...policy, signal: over.signal }, (reply, taken) =>
        child.send(reply, taken),
      )
      const terms = { timeoutMs: limits.timeout_ms, signal, onEvent, web }
      const served = await serve(child, task, terms).finally(() => over.abort(OVER))
      return withEgress(toOutcome(served, isolation, limits), await web.close())
    } catch (error) {
      if (!(error instanceof NotConfined)) throw error
      return { kind: 'refused', message: `no confined process (${error.layer}): ${error.message}` }
    }
  }
}

/** What code finds under the names of secrets that only the broker sends. */
function placeholders(bound: readonly BoundSecret[]): Record<string, string> {
  return Object.fromEntries(bound.map(({ name }) => [name, placeholder(name)]))
}

function withEgress(outcome: Outcome, egress: EgressRecord[]): Outcome {
  return outcome.kind === 'refused' || egress.length === 0 ? outcome : { ...outcome, egress }
}
