import { refuse, Refusal } from '../domain/refusal.ts'
import type { Sandbox } from '../domain/sandbox.ts'
import { CircuitBreaker, CircuitOpen, type CircuitSettings } from './circuit-breaker.ts'
import type { CircuitHealth } from '#contract/health.ts'

/** Of work whose failures do not count. */
const ANYTHING = AbortSignal.abort()

/** How long the trial of a sandbox that failed is waited for. */
const TRIAL_MS = 3_000

/**
 * A sandbox that is left alone after it failed so many times in a row. What is refused then was not
 * sent; what may have been sent before is followed to its end all the same, and nothing is ever sent
 * twice because of it. The trial asks for the sandbox's health.
 */
export function guardedSandbox(
  sandbox: Sandbox,
  settings: CircuitSettings,
  changed: (state: CircuitHealth['state']) => void,
): { sandbox: Sandbox; breaker: CircuitBreaker } {
  const breaker = new CircuitBreaker({
    settings,
    trial: () => sandbox.health(AbortSignal.timeout(TRIAL_MS)),
    isFailure: speaksOfSandbox,
    changed,
  })
  const guard = <T>(work: () => Promise<T>, stop: AbortSignal) =>
    breaker.guard(work, stop).catch(inWords)
  return {
    breaker,
    sandbox: {
      get boot() {
        return sandbox.boot
      },
      health: (signal) => guard(() => sandbox.health(signal), signal),
      // How long code takes to be read says nothing of the sandbox: it may be long, or the machine slow.
      analyze: (source, signal) => guard(() => sandbox.analyze(source, signal), ANYTHING),
      reply: (runId, replies) => breaker.follow(() => sandbox.reply(runId, replies)),
      withdraw: (runId, lines) => breaker.follow(() => sandbox.withdraw(runId, lines)),
      run: (bootId, request, how) => {
        const work = () => sandbox.run(bootId, request, how)
        return how.sentBefore ? breaker.follow(work, how.detach) : guard(work, how.detach)
      },
    },
  }
}

/** Everything but refusals of what was asked. */
function speaksOfSandbox(fault: unknown): boolean {
  return !(fault instanceof Refusal) || fault.problem.code === 'sandbox_unreachable'
}

function inWords(fault: unknown): never {
  if (!(fault instanceof CircuitOpen)) throw fault
  const seconds = Math.ceil(fault.retryInMs / 1000)
  return refuse(
    'sandbox_unreachable',
    `The sandbox failed ${fault.failures} times in a row and is tried again in ${seconds} s; nothing was run. Try again then, or have a person look at it.`,
  )
}
