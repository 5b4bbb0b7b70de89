import type { Language, RunLimits } from '#contract/sandbox.ts'
import { engineArguments, engineOptions } from '../engine/arguments.ts'
import type { Engine, EngineMissing } from '../engine/engine.ts'
import type { Interpreter } from '../interpreter/interpreter.ts'
import { CALL_IDS, FIRST_CALL_ID } from './call-ids.ts'
import type { FormableLevel } from '../levels/layers.ts'
import type { Architecture } from '../seccomp/syscalls.ts'
import { assemble, encode } from '../seccomp/assemble.ts'
import { enginePolicy, toolPolicy, type View } from '../seccomp/policy.ts'
import type { Policy } from '../seccomp/rule.ts'

/** The first message to a fork server: what it is to become (python/inside/plan.py). No secrets. */
export type Plan = {
  type: 'plan'
  level: FormableLevel
  identity: number | null
  /** The first id that a call may get, and how many there are. */
  call_ids: [number, number] | null
  /** Folder of the control group to join. */
  control_group: string | null
  namespaces: boolean
  landlock: boolean
  readable: string[]
  masked: string[]
  scratch_bytes: number
  scratch_files: number
  meeting_folder: string
  filter: string
  seal: string | null
  packages: PackageSet | null
  engine: PlannedEngine | null
}

/** Node, which a child may become (python/inside/plan.py). */
export type PlannedEngine = {
  executable: string
  loader: string
  readable: string[]
  arguments: string[]
  filter: string
}

/** What an order for a child says about it. */
export type ChildLimits = Pick<RunLimits, 'memory_bytes' | 'cpu_s' | 'open_files'>

/** Room in a call's private /tmp. */
const SCRATCH_BYTES = 16 * 1024 * 1024
const SCRATCH_FILES = 1024

/** User and group of fork servers when the supervisor is root; see FIRST_CALL_ID. */
export const CONFINED_ID = 61_000

const VIEWS: Record<FormableLevel, View> = {
  S4: 'namespaced',
  S3: 'namespaced',
  S2: 'shared',
  S1: 'sealable',
}

/** Packages that children may import: a folder of modules, and what to import of it ahead of a call. */
export type PackageSet = { folder: string; imports: readonly string[] }

export type Confinement = {
  level: FormableLevel
  interpreter: Interpreter
  arch: Architecture
  /** Whether the supervisor is root, and so must change ids. */
  asRoot: boolean
  /** Left out, children see the standard library only. */
  packages?: PackageSet
  engine: Engine | EngineMissing
  /** Folder of a control group that may be divided. */
  controlGroup?: string | null
}

/** The plan that forms a level. `meetingFolder` is where the supervisor waits for children. */
export function planFor(
  confinement: Confinement,
  meetingFolder: string,
  controlGroup: string | null = null,
): Plan {
  const { level, interpreter, arch, packages = null } = confinement
  const program = (policy: Policy) => encode(assemble(policy, arch)).toString('base64')
  return {
    type: 'plan',
    level,
    identity: identityOf(confinement),
    call_ids: confinement.asRoot ? [FIRST_CALL_ID, CALL_IDS] : null,
    control_group: controlGroup,
    namespaces: VIEWS[level] === 'namespaced',
    landlock: level !== 'S1',
    readable: interpreter.readable,
    masked: interpreter.masked,
    scratch_bytes: SCRATCH_BYTES,
    scratch_files: SCRATCH_FILES,
    meeting_folder: meetingFolder,
    filter: program(toolPolicy(VIEWS[level])),
    seal: level === 'S1' ? program(toolPolicy('sealed')) : null,
    packages,
    engine: plannedEngine(confinement, program),
  }
}

/** Null where no child may become Node: there is none, or nothing keeps it from other programs. */
function plannedEngine(
  confinement: Confinement,
  program: (policy: Policy) => string,
): PlannedEngine | null {
  const { level, engine } = confinement
  if ('unusable' in engine || engineProblem(confinement) !== null) return null
  const { executable, loader, readable } = engine
  const filter = program(enginePolicy(VIEWS[level]))
  return { executable, loader, readable, arguments: engineArguments(engine), filter }
}

const NO_LANDLOCK =
  'a TypeScript tool needs Landlock (level S2 or above), without which it could start programs'

/** Why no child can become Node here; null where it can. */
export function engineProblem({
  level,
  engine,
}: Pick<Confinement, 'level' | 'engine'>): string | null {
  if ('unusable' in engine) return engine.unusable
  return level === 'S1' ? NO_LANDLOCK : null
}

/** One child to be, known by its key. `identity` is a user that no other living child has. */
export type Order = {
  key: string
  limits: ChildLimits
  modules: readonly string[]
  identity: number | null
  language: Language
}

/** The message that orders a child (python/inside/plan.py). */
export function orderFor({ key, limits, modules, identity, language }: Order): object {
  const { memory_bytes, cpu_s, open_files } = limits
  return {
    type: 'fork',
    key,
    limits: { memory_bytes, cpu_s, open_files, file_bytes: SCRATCH_BYTES },
    modules,
    identity,
    engine_options: language === 'typescript' ? engineOptions(memory_bytes) : null,
  }
}

/** The user that confined processes become; null when they stay who the supervisor is. */
export function identityOf({ asRoot }: Pick<Confinement, 'asRoot'>): number | null {
  return asRoot ? CONFINED_ID : null
}
