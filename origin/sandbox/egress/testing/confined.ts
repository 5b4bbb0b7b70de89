import { EMPTY_MANIFEST } from '#contract/manifest.ts'
import { HostGrant } from '#contract/host-grant.ts'
import { ModuleName } from '#contract/names.ts'
import type { AnsweredBy } from '#contract/recorded-answers.ts'
import type { Language, Outcome } from '#contract/sandbox.ts'
import { NOBODY, runConfined } from '../../calls/run.ts'
import { USUAL_LIMITS } from '../../levels/prove.ts'
import type { ForkServer } from '../../process/fork-server.ts'
import type { Network } from '../network.ts'
import { boundSecrets, type Call } from './policy.ts'

export type ConfinedCall = Call & {
  timeoutMs?: number
  modules?: string[]
  language?: Language
  answeredBy?: AnsweredBy
}

/** One call of a tool in a real confined process, with `api.example` approved unless said otherwise. */
export async function runTool(
  forkServer: ForkServer,
  network: Network,
  code: string,
  call: ConfinedCall = {},
): Promise<Outcome> {
  const hosts = (call.hosts ?? ['api.example']).map((host) => HostGrant.parse(host))
  const modules = ['os', 'socket', 'time', ...(call.modules ?? [])]
  const manifest = {
    ...EMPTY_MANIFEST,
    hosts,
    modules: modules.map((name) => ModuleName.parse(name)),
  }
  return runConfined(forkServer, network)(
    {
      run_id: 'test',
      version: {
        hash: 'test',
        language: call.language ?? 'python',
        code,
        manifest,
        module_lock: null,
      },
      input: {},
      secrets: {},
      bound_secrets: boundSecrets(call),
      withdrawals: [],
      answered_by: call.answeredBy ?? 'network',
      limits: { ...USUAL_LIMITS, timeout_ms: call.timeoutMs ?? 20_000 },
    },
    { ...NOBODY, withdrawn: call.withdrawn ?? NOBODY.withdrawn },
    call.signal ?? new AbortController().signal,
  )
}
