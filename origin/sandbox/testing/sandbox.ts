import { EMPTY_MANIFEST } from '#contract/manifest.ts'
import { afterAll } from 'vitest'
import type { JsonObject } from '#contract/json.ts'
import { ModuleName } from '#contract/names.ts'
import type { Language, Outcome, RunLimits } from '#contract/sandbox.ts'
import { type Caller, NOBODY, runConfined } from '../calls/run.ts'
import { type ForkServer, forkServer } from '../process/fork-server.ts'
import { FORMABLE_LEVELS, type FormableLevel } from '../levels/layers.ts'
import { inspectMachine, type Machine } from '../levels/machine.ts'
import { proveLevel, USUAL_LIMITS } from '../levels/prove.ts'
import { TooWeak } from '../levels/too-weak.ts'
import type { Event } from '../process/message.ts'

/** What a test may want to be different from the usual call. */
export type Call = {
  input?: JsonObject
  secrets?: Record<string, string>
  modules?: string[]
  language?: Language
  inputSchema?: JsonObject
  limits?: Partial<RunLimits>
  signal?: AbortSignal
  onEvent?: (event: Event) => void
  ask?: Caller['ask']
}

export type Ended = { outcome: Outcome; events: Event[] }
export type Sandbox = {
  level: FormableLevel
  forkServer: ForkServer
  run(code: string, call?: Call): Promise<Ended>
}

export const machine = await inspectMachine(process.env['MCPBOX_PYTHON'] ?? null, process.env)

/** The real thing at a level: real interpreter, real confinement; until the file has run. */
export function sandboxAt(level: FormableLevel, different: Partial<Machine> = {}): Sandbox {
  const server = forkServer({ ...machine, ...different, level })
  afterAll(() => server[Symbol.asyncDispose]())
  const run = runConfined(server)
  return {
    level,
    forkServer: server,
    async run(code, call = {}) {
      const events: Event[] = []
      const modules = (call.modules ?? []).map((name) => ModuleName.parse(name))
      const outcome = await run(
        {
          run_id: 'test',
          version: {
            hash: 'test',
            language: call.language ?? 'python',
            code,
            ...(call.inputSchema && { input_schema: call.inputSchema }),
            manifest: { ...EMPTY_MANIFEST, modules },
            module_lock: null,
          },
          input: call.input ?? {},
          secrets: call.secrets ?? {},
          bound_secrets: [],
          withdrawals: [],
          answered_by: 'network',
          limits: { ...USUAL_LIMITS, timeout_ms: 20_000, ...call.limits },
        },
        {
          onEvent(event) {
            events.push(event)
            call.onEvent?.(event)
          },
          ask: call.ask ?? NOBODY.ask,
          withdrawn: NOBODY.withdrawn,
        },
        call.signal ?? new AbortController().signal,
      )
      return { outcome, events }
    },
  }
}

/** The levels that this machine can form, each to be tested. */
export const formableLevels: FormableLevel[] = await findFormable()
if (formableLevels.length === 0) throw new Error('no level can be formed: nothing would be tested')

/** The sandbox that a start on this machine would give. */
export const strongest = sandboxAt(formableLevels[0] ?? 'S1')

async function findFormable(): Promise<FormableLevel[]> {
  const formable = await Promise.all(FORMABLE_LEVELS.map(isFormable))
  return FORMABLE_LEVELS.filter((_, at) => formable[at])
}

async function isFormable(level: FormableLevel): Promise<boolean> {
  try {
    const proven = await proveLevel(machine, level, [level])
    await proven.forkServer[Symbol.asyncDispose]()
    return proven.isolation.level === level
  } catch (error) {
    if (error instanceof TooWeak) return false
    throw error
  }
}
