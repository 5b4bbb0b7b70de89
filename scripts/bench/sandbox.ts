import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { EMPTY_MANIFEST } from '../../contract/manifest.ts'
import { ModuleName } from '../../contract/names.ts'
import type { RunLimits } from '../../contract/sandbox.ts'
import { NOBODY, type Run, runConfined } from '../../origin/sandbox/calls/run.ts'
import { readConfig } from '../../origin/sandbox/config.ts'
import { FORMABLE_LEVELS } from '../../origin/sandbox/levels/layers.ts'
import { inspectMachine } from '../../origin/sandbox/levels/machine.ts'
import { proveLevel, USUAL_LIMITS } from '../../origin/sandbox/levels/prove.ts'
import { openDoor } from '../../origin/sandbox/process/door.ts'
import { forkServer } from '../../origin/sandbox/process/fork-server.ts'
import { identityOf, planFor } from '../../origin/sandbox/process/plan.ts'
import { LAUNCHER } from '../../origin/sandbox/process/zygote.ts'
import { inTime, quantile, rounded, throughput } from './measure.ts'
import { startFloor } from './sandbox-floor.ts'
import { type Kind, KINDS, measureKind } from './sandbox-kinds.ts'
import { forkServerTime, idleChildren } from './sandbox-processes.ts'
import { callSpawned } from './sandbox-spawned.ts'
import { unconfinedLauncher } from './sandbox-unconfined.ts'
import { table } from './table.ts'

/**
 * What isolation costs: one call of a trivial tool in a confined process of its own, beside the
 * floor (fork, _exit and wait of an interpreter that has loaded the same), beside spawning a
 * confined interpreter per call, and beside the same fork server without confinement.
 *
 * Method: rounds in which each takes its turn, so that all meet the same machine, fewer of them where
 * the machine is slow; medians over all rounds; throughput as the median of the ratios of rounds.
 * Processor time is of this process, the fork server and its ended children, without what the kernel
 * does after them on its own account. "Child waiting" pauses before each call until the last child is
 * replaced. `BENCH_PACKAGES` names a folder with httpx, numpy and pandas (`pip install --target`; not
 * below /tmp, of which each call has its own) for the tools that need them.
 */
const ROUNDS = 10
const IN_ROUND = { floor: 20, waiting: 15, onDemand: 12, spawned: 3 }
const CALLERS = [1, 8, 32]
const CROWDED_ROUNDS = 5
const CROWDED = 160
const SETTLE_MS = 12
const CODE = 'async def main(a: int, b: int):\n    return a + b\n'
const INPUT = { a: 1, b: 2 }
const PLAIN: Kind = { name: 'plain', imports: [], code: CODE, settleMs: SETTLE_MS }
/** The counters of a fork server end with it. */
const UNWORN = { mostChildren: Number.POSITIVE_INFINITY }

const { python, minimum } = readConfig({ SANDBOX_API_KEY: 'x'.repeat(32), ...process.env })
const machine = await inspectMachine(python, process.env)
const proven = await proveLevel(machine, minimum)
const { level } = proven.isolation
await proven.forkServer[Symbol.asyncDispose]()
const formable = FORMABLE_LEVELS.find((known) => known === level)
if (formable === undefined) throw new Error(`no fork server forms ${level}`)
const confinement = { ...machine, level: formable }

function caller(run: Run, kind: Kind = PLAIN, limits: () => RunLimits = () => USUAL_LIMITS) {
  return async () => {
    const modules = kind.imports.map((name) => ModuleName.parse(name))
    const version = {
      hash: 'bench',
      language: kind.language ?? 'python',
      code: kind.code,
      manifest: { ...EMPTY_MANIFEST, modules },
      module_lock: null,
    }
    const request = {
      run_id: 'bench',
      version,
      input: INPUT,
      secrets: {},
      bound_secrets: [],
      withdrawals: [],
      answered_by: 'network' as const,
      limits: limits(),
    }
    const outcome = await run(request, NOBODY, new AbortController().signal)
    if (outcome.kind !== 'ok' || outcome.value !== 3) throw new Error(JSON.stringify(outcome))
  }
}

async function timed(call: () => Promise<void>, count: number, settleMs = 0): Promise<number[]> {
  const times: number[] = []
  for (let n = 0; n < count; n++) {
    if (settleMs > 0) await pause(settleMs)
    const start = performance.now()
    await call()
    times.push(performance.now() - start)
  }
  return times
}

const folder = await mkdtemp(join(tmpdir(), 'bench-sandbox-'))
await chmod(folder, 0o755)
await using door = await openDoor(identityOf(machine))
await using ours = forkServer(confinement, UNWORN)
const launcher = await unconfinedLauncher(folder, formable)
await using bare = forkServer(confinement, { ...UNWORN, launcher })
await using floor = startFloor(machine.interpreter.executable)

const call = caller(runConfined(ours))
const bareCall = caller(runConfined(bare))
let odd = 0
const rare = caller(runConfined(ours), PLAIN, () => ({
  ...USUAL_LIMITS,
  memory_bytes: USUAL_LIMITS.memory_bytes + 4096 * ++odd,
}))
const plan = planFor(confinement, door.folder)
const most = { result_bytes: 1000, content_bytes: 0, content_blocks: 0 }
const task = { type: 'run', code: CODE, input: INPUT, secrets: {}, modules: [], ...most }
async function spawned(): Promise<void> {
  const value = await callSpawned(machine.interpreter.executable, plan, USUAL_LIMITS, task)
  if (value !== 3) throw new Error(`the spawned call answered ${JSON.stringify(value)}`)
}

const FLOOR = 'floor: fork + exit + wait'
const WAITING = 'call, child waiting'
const ON_DEMAND = 'call, child on demand'
const SPAWNED = 'call, interpreter spawned'
const times = new Map<string, number[]>()
function note(name: string, more: readonly number[]): void {
  times.set(
    name,
    [...(times.get(name) ?? []), ...more].sort((a, b) => a - b),
  )
}
const p50 = (name: string) => quantile(times.get(name) ?? [], 0.5)

for (const each of [call, bareCall, rare, spawned]) await timed(each, 3)
await inTime({ most: ROUNDS, ms: 40_000 }, async () => {
  note(FLOOR, await floor.serial(IN_ROUND.floor))
  note(WAITING, await timed(call, IN_ROUND.waiting, SETTLE_MS))
  note('unconfined, child waiting', await timed(bareCall, IN_ROUND.waiting, SETTLE_MS))
  note(ON_DEMAND, await timed(rare, IN_ROUND.onDemand))
  note(SPAWNED, await timed(spawned, IN_ROUND.spawned))
})
const packages = process.env['BENCH_PACKAGES'] ?? null
const missing: string[] = []
for (const kind of KINDS) {
  const took = await measureKind(kind, confinement, packages, caller)
  if (took === null) missing.push(kind.name)
  else note(`${kind.name} tool, child waiting`, took)
}
console.log(
  table([
    ['', 'p50 ms', 'p95 ms', 'x floor'],
    ...[...times].map(([name, sorted]) => [
      name,
      rounded(quantile(sorted, 0.5)),
      rounded(quantile(sorted, 0.95)),
      rounded(quantile(sorted, 0.5) / p50(FLOOR)),
    ]),
    ...missing.map((name) => [`${name} tool, child waiting`, 'not installed', '', '']),
  ]),
)

type Crowd = { ours: number; bare: number; floor: number }
const median = (values: number[]) =>
  quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  )
const crowds = new Map<number, Crowd[]>(CALLERS.map((callers) => [callers, []]))
const cpu = { node: 0, server: 0, children: 0, floor: [] as number[], calls: 0 }
await inTime({ most: CROWDED_ROUNDS, ms: 50_000 }, async () => {
  for (const [callers, rates] of crowds) {
    const before = { node: process.cpuUsage(), ...(await forkServerTime(LAUNCHER)) }
    const oursRate = await throughput(call, { callers, count: CROWDED })
    await pause(50)
    const { user, system } = process.cpuUsage(before.node)
    const after = await forkServerTime(LAUNCHER)
    cpu.node += (user + system) / 1000
    cpu.server += after.server - before.server
    cpu.children += after.children - before.children
    cpu.calls += CROWDED
    const bareRate = await throughput(bareCall, { callers, count: CROWDED })
    const { rate, cpu_ms } = await floor.overlapped(2 * CROWDED)
    cpu.floor.push(cpu_ms)
    rates.push({ ours: oursRate, bare: bareRate, floor: rate })
  }
})
const rateOf = (of: keyof Crowd) =>
  [...crowds.values()].map((rates) => rounded(median(rates.map((rate) => rate[of]))))
console.log(
  `\n${table([
    ['calls/s', ...CALLERS.map((callers) => `${callers} callers`)],
    [level, ...rateOf('ours')],
    ['unconfined', ...rateOf('bare')],
    ['floor, overlapped', ...rateOf('floor')],
  ])}`,
)

const perCall = (ms: number) => rounded(ms / cpu.calls)
const total = cpu.node + cpu.server + cpu.children
console.log(
  `\n${table([
    ['processor time', 'ms/call'],
    ['supervisor', perCall(cpu.node)],
    ['fork server', perCall(cpu.server)],
    ['children', perCall(cpu.children)],
    ['all', perCall(total)],
    ['floor: fork + exit + wait', rounded(median(cpu.floor))],
  ])}`,
)

await call()
await pause(200)
const idle = await idleChildren(LAUNCHER)
const kb = { pss: median(idle.map(({ pss }) => pss)), own: median(idle.map(({ own }) => own)) }
console.log(
  idle.length === 0
    ? '\nidle child: not shown to this user'
    : `\nidle child: ${kb.own} kB of its own, ${kb.pss} kB with its share (${idle.length} waiting)`,
)
await rm(folder, { recursive: true })

const crowded = [...crowds].filter(([callers]) => callers > 1).map(([, rates]) => rates)
const least = (over: 'bare' | 'floor') =>
  rounded(Math.min(...crowded.map((rates) => median(rates.map((rate) => rate.ours / rate[over])))))
console.log(
  JSON.stringify({
    spawn_ratio: rounded(p50(SPAWNED) / p50(WAITING)),
    floor_ratio: rounded(p50(WAITING) / p50(FLOOR)),
    on_demand_ratio: rounded(p50(ON_DEMAND) / p50(FLOOR)),
    throughput_ratio: least('bare'),
    floor_throughput_ratio: least('floor'),
    isolation_level: level,
    idle_child_kb: idle.length === 0 ? null : kb.pss,
    idle_child_own_kb: idle.length === 0 ? null : kb.own,
    cpu_ms_per_call: perCall(total),
    floor_cpu_ms: rounded(median(cpu.floor)),
  }),
)
