import type { Ask, AskReplies } from '#contract/asks.ts'
import type { BoundSecret, EgressRecord } from '#contract/egress.ts'
import type { Outcome, RunRequest } from '#contract/sandbox.ts'
import { placeholder } from '#contract/secret-grant.ts'
import { converse } from '../egress/conversation.ts'
import { fromRecord } from '../egress/from-record.ts'
import { EGRESS_LIMITS } from '../egress/limits.ts'
import { internet, type Network } from '../egress/network.ts'
import { type Withdrawn, withdrawnLines } from '../egress/withdrawn.ts'
import { overNetwork } from '../egress/over-network.ts'
import { PackageRefusal } from '../packages/package-refusal.ts'
import { lockOf, packageImports, type Packaged } from '../packages/packaged.ts'
import type { ForkServer } from '../process/fork-server.ts'
import type { Event } from '../process/message.ts'
import { NotConfined } from '../process/not-confined.ts'
import { serve } from '../process/serve.ts'
import { toOutcome } from './outcome.ts'
import { taskFor } from './task.ts'

/** The port: one call of one version, to its end. Never rejects; a refusal is an outcome. */
export type Run = (request: RunRequest, caller: Caller, signal: AbortSignal) => Promise<Outcome>

/** A caller that hears nothing and cannot be asked. */
export const NOBODY: Caller = {
  onEvent: () => undefined,
  ask: async (asks) =>
    asks.map(({ key }) => ({ key, error: { code: -32603, message: 'nobody can be asked' } })),
  withdrawn: withdrawnLines(),
}

/** Who hears what a tool says, answers what it asks, and takes back what it may use. */
export type Caller = {
  onEvent: (event: Event) => void
  /** Resolves with a reply to each question; never rejects. */
  ask: (asks: Ask[]) => Promise<AskReplies['replies']>
  withdrawn: Withdrawn
}

/** One for all: to make one takes a look at the stack. */
const OVER = new DOMException('the call is over', 'AbortError')

/**
 * Runs each call in a process of its own, confined as proven before it is given anything. Its
 * requests leave through a broker that lives as long as the call.
 */
export function runConfined(
  forkServer: ForkServer,
  network: Network = internet,
  packaged: Packaged = NO_PACKAGES,
): Run {
  return async (request, { onEvent, ask, withdrawn }, signal) => {
    const { version, secrets, bound_secrets: bound, answered_by: answeredBy, limits } = request
    try {
      const { manifest, language } = version
      const { hosts } = manifest
      const lock = lockOf(version)
      const imports = lock === null ? [] : packageImports(manifest, lock)
      const modules = [...manifest.modules, ...imports]
      const held = { ...secrets, ...placeholders(bound) }
      const given = await taskFor(request, { secrets: held, modules }, signal)
      if ('unreadable' in given) return { kind: 'refused', message: given.unreadable }
      if ('late' in given) return timedOut(limits.timeout_ms)
      const wanted = { news: installing(onEvent), signal }
      const server = lock === null ? forkServer : await packaged.serverFor(lock, imports, wanted)
      const { child, isolation } = await server.take(limits, modules, language)
      const over = new AbortController()
      const way = answeredBy === 'network' ? overNetwork(network) : fromRecord(answeredBy)
      const policy = { grants: hosts, secrets: bound, withdrawn, limits: EGRESS_LIMITS, way }
      const web = converse({ ...policy, signal: over.signal }, (reply, taken) =>
        child.send(reply, taken),
      )
      const timeoutMs = limits.timeout_ms - given.tookMs
      const terms = { timeoutMs, signal, onEvent, ask, web }
      const served = await serve(child, given.task, terms).finally(() => over.abort(OVER))
      const durationMs = given.tookMs + served.durationMs
      const outcome = toOutcome({ ...served, durationMs }, isolation, limits, language)
      return withEgress(outcome, await web.close())
    } catch (error) {
      if (error instanceof PackageRefusal) return { kind: 'refused', message: error.message }
      if (signal.aborted && error === signal.reason) return CANCELLED
      if (!(error instanceof NotConfined)) throw error
      return { kind: 'refused', message: `no confined process (${error.layer}): ${error.message}` }
    }
  }
}

const NO_PACKAGES: Packaged = {
  serverFor: () => Promise.reject(new PackageRefusal('there are no packages in this sandbox')),
  [Symbol.asyncDispose]: () => Promise.resolve(),
}

/** Of a call that came to no process. */
const NOTHING = { stdout: { text: '', bytes: 0, truncated: false }, isolation: null }

/** A call that was given up while its code was read or its packages were installed. */
const CANCELLED: Outcome = {
  kind: 'killed',
  reason: 'cancelled',
  message: 'the caller cancelled',
  duration_ms: 0,
  ...NOTHING,
}

/** A call whose time was over before its code was read. */
function timedOut(durationMs: number): Outcome {
  return { kind: 'timed_out', duration_ms: durationMs, ...NOTHING }
}

/** Progress of an installation, as events of the call that waits for it; below what tools count. */
function installing(onEvent: (event: Event) => void): (message: string) => void {
  let told = 0
  return (message) => onEvent({ type: 'progress', progress: ++told / 1000, message })
}

/** What code finds under the names of secrets that only the broker sends. */
function placeholders(bound: readonly BoundSecret[]): Record<string, string> {
  return Object.fromEntries(bound.map(({ name }) => [name, placeholder(name)]))
}

function withEgress(outcome: Outcome, egress: EgressRecord[]): Outcome {
  return outcome.kind === 'refused' || egress.length === 0 ? outcome : { ...outcome, egress }
}
