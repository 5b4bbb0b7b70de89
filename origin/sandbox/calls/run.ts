import { RESULT_BYTES } from '#contract/limits.ts'
import type { Outcome, RunRequest } from '#contract/sandbox.ts'
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

/** Runs each call in a process of its own, confined as proven before it is given anything. */
export function runConfined(forkServer: ForkServer): Run {
  return async ({ version, input, secrets, limits }, onEvent, signal) => {
    try {
      const { code, manifest } = version
      const { modules } = manifest
      const { child, isolation } = await forkServer.take(limits, modules)
      const task = { type: 'run', code, input, secrets, modules, result_bytes: RESULT_BYTES }
      const served = await serve(child, task, { timeoutMs: limits.timeout_ms, signal, onEvent })
      return toOutcome(served, isolation, limits)
    } catch (error) {
      if (!(error instanceof NotConfined)) throw error
      return { kind: 'refused', message: `no confined process (${error.layer}): ${error.message}` }
    }
  }
}
