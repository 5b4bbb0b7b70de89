import { EMPTY_MANIFEST } from '#contract/manifest.ts'
import { mkdtemp, rm, chmod } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { RunLimits } from '../../contract/sandbox.ts'
import { type Run, runConfined } from '../../origin/sandbox/calls/run.ts'
import { readConfig } from '../../origin/sandbox/config.ts'
import { inspectMachine } from '../../origin/sandbox/levels/machine.ts'
import { FORMABLE_LEVELS } from '../../origin/sandbox/levels/layers.ts'
import { proveLevel, USUAL_LIMITS } from '../../origin/sandbox/levels/prove.ts'
import { openDoor } from '../../origin/sandbox/process/door.ts'
import { forkServer } from '../../origin/sandbox/process/fork-server.ts'
import { identityOf, planFor } from '../../origin/sandbox/process/plan.ts'
import { LAUNCHER } from '../../origin/sandbox/process/zygote.ts'
import { quantile, rounded, sequential, type Sorted, throughput } from './measure.ts'
import { measureFloor } from './sandbox-floor.ts'
import { idleChildren } from './sandbox-memory.ts'
import { callSpawned } from './sandbox-spawned.ts'
import { unconfinedLauncher } from './sandbox-unconfined.ts'
import { table } from './table.ts'

/**
 * What isolation costs: one call of a trivial tool in a confined process of its own, beside the
 * floor (fork, _exit and wait of the same loaded interpreter), beside spawning a confined
 * interpreter per call, and beside the same fork server without confinement. One run, one machine.
 */
const COUNT = 200
const CALLERS = [1, 8, 32]
const THROUGHPUT_COUNT = 400
const ROUNDS = 2
/** Long enough for a taken child to be replaced: a call that finds one waiting. */
const SETTLE_MS = 12
const CODE = 'async def main(a: int, b: int):\n    return a + b\n'
const INPUT = { a: 1, b: 2 }

const { python, minimum } = readConfig({ SANDBOX_API_KEY: 'x'.repeat(32), ...process.env })
const machine = await inspectMachine(python, process.env)
const proven = await proveLevel(machine, minimum)
const { level } = proven.isolation
await using ours = proven.forkServer
const formable = FORMABLE_LEVELS.find((known) => known === level)
if (formable === undefined) throw new Error(`no fork server forms ${level}`)
const confinement = { ...machine, level: formable }

function caller(run: Run, limits: () => RunLimits = () => USUAL_LIMITS) {
  return async () => {
    const version = {
      hash: 'bench',
      language: 'python' as const,
      code: CODE,
      manifest: EMPTY_MANIFEST,
      module_lock: null,
    }
    const request = { run_id: 'bench', version, input: INPUT, secrets: {}, limits: limits() }
    const outcome = await run(request, () => undefined, new AbortController().signal)
    if (outcome.kind !== 'ok' || outcome.value !== 3) throw new Error(JSON.stringify(outcome))
  }
}

/** Milliseconds of each call that finds a child waiting. */
async function settled(call: () => Promise<void>): Promise<Sorted> {
  const times: number[] = []
  for (let n = 0; n < COUNT; n++) {
    await pause(SETTLE_MS)
    const start = performance.now()
    await call()
    times.push(performance.now() - start)
  }
  return times.sort((a, b) => a - b)
}

async function best(call: () => Promise<void>, callers: number): Promise<number> {
  const rates: number[] = []
  for (let n = 0; n < ROUNDS; n++) {
    rates.push(await throughput(call, { callers, count: THROUGHPUT_COUNT }))
  }
  return Math.max(...rates)
}

const folder = await mkdtemp(join(tmpdir(), 'bench-sandbox-'))
await chmod(folder, 0o755)
await using door = await openDoor(identityOf(machine))
const launcher = await unconfinedLauncher(folder, formable)
await using bare = forkServer(confinement, { launcher })

const call = caller(runConfined(ours))
const bareCall = caller(runConfined(bare))
let odd = 0
const rare = caller(runConfined(ours), () => ({
  ...USUAL_LIMITS,
  memory_bytes: USUAL_LIMITS.memory_bytes + 4096 * ++odd,
}))
const plan = planFor(confinement, door.folder)
const task = { type: 'run', code: CODE, input: INPUT, secrets: {}, modules: [], result_bytes: 1000 }

const floor = await measureFloor(machine.interpreter.executable)
const times: Record<string, Sorted> = {
  'floor: fork + exit + wait': floor.serial,
  'call, child waiting': await settled(call),
  'call, child on demand': await sequential(rare, { count: COUNT, warmUp: 10 }),
  'call, interpreter spawned': await sequential(
    async () => {
      const value = await callSpawned(machine.interpreter.executable, plan, USUAL_LIMITS, task)
      if (value !== 3) throw new Error(`the spawned call answered ${JSON.stringify(value)}`)
    },
    { count: 40, warmUp: 3 },
  ),
  'unconfined, child waiting': await settled(bareCall),
}
const p50 = (name: string) => quantile(times[name] ?? [], 0.5)
const floorMs = p50('floor: fork + exit + wait')
console.log(
  table([
    ['', 'p50 ms', 'p95 ms', 'x floor'],
    ...Object.entries(times).map(([name, sorted]) => [
      name,
      rounded(quantile(sorted, 0.5)),
      rounded(quantile(sorted, 0.95)),
      rounded(quantile(sorted, 0.5) / floorMs),
    ]),
  ]),
)

const rates: { callers: number; ours: number; bare: number }[] = []
for (const callers of CALLERS) {
  rates.push({ callers, ours: await best(call, callers), bare: await best(bareCall, callers) })
}
console.log(
  `\n${table([
    ['calls/s', ...CALLERS.map((callers) => `${callers} callers`)],
    [level, ...rates.map((rate) => rounded(rate.ours))],
    ['unconfined', ...rates.map((rate) => rounded(rate.bare))],
    ['floor, overlapped', '', '', rounded(floor.rate)],
  ])}`,
)

await call()
await pause(200)
const idle = await idleChildren(LAUNCHER)
const idleKb = idle === null ? null : quantile(idle, 0.5)
console.log(
  `\nidle child: ${idleKb ?? 'not shown to this user'} kB PSS (${idle?.length ?? 0} waiting)`,
)
await rm(folder, { recursive: true })

const crowded = rates.filter(({ callers }) => callers > 1)
console.log(
  JSON.stringify({
    spawn_ratio: rounded(p50('call, interpreter spawned') / p50('call, child waiting')),
    floor_ratio: rounded(p50('call, child waiting') / floorMs),
    on_demand_ratio: rounded(p50('call, child on demand') / floorMs),
    throughput_ratio: rounded(Math.min(...crowded.map((rate) => rate.ours / rate.bare))),
    floor_throughput_ratio: rounded(Math.min(...crowded.map((rate) => rate.ours / floor.rate))),
    isolation_level: level,
    idle_child_kb: idleKb,
  }),
)
