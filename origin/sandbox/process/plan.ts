import type { RunLimits } from '#contract/sandbox.ts'
import type { Interpreter } from '../interpreter/interpreter.ts'
import type { FormableLevel } from '../levels/layers.ts'
import type { Architecture } from '../seccomp/syscalls.ts'
import { assemble, encode } from '../seccomp/assemble.ts'
import { toolPolicy, type View } from '../seccomp/policy.ts'
import type { Policy } from '../seccomp/rule.ts'

/** The first message to a fork server: what it is to become (python/inside/plan.py). No secrets. */
export type Plan = {
  type: 'plan'
  level: FormableLevel
  identity: number | null
  namespaces: boolean
  landlock: boolean
  readable: string[]
  masked: string[]
  scratch_bytes: number
  scratch_files: number
  meeting_folder: string
  filter: string
  seal: string | null
}

/** What an order for a child says about it. */
export type ChildLimits = Pick<RunLimits, 'memory_bytes' | 'cpu_s' | 'open_files'>

/** Room in a call's private /tmp. */
const SCRATCH_BYTES = 16 * 1024 * 1024
const SCRATCH_FILES = 1024

/**
 * User and group of confined processes when the supervisor is root. Unassigned by the conventions
 * for Linux systems (systemd, UIDS-GIDS: 60578 to 61183), and below 65536, so that it exists in
 * containers with a mapped range.
 */
export const CONFINED_ID = 61_000

const VIEWS: Record<FormableLevel, View> = { S3: 'namespaced', S2: 'shared', S1: 'sealable' }

export type Confinement = {
  level: FormableLevel
  interpreter: Interpreter
  arch: Architecture
  /** Whether the supervisor is root, and so must change ids. */
  asRoot: boolean
}

/** The plan that forms a level. `meetingFolder` is where the supervisor waits for children. */
export function planFor(confinement: Confinement, meetingFolder: string): Plan {
  const { level, interpreter, arch } = confinement
  const program = (policy: Policy) => encode(assemble(policy, arch)).toString('base64')
  return {
    type: 'plan',
    level,
    identity: identityOf(confinement),
    namespaces: level === 'S3',
    landlock: level !== 'S1',
    readable: interpreter.readable,
    masked: interpreter.masked,
    scratch_bytes: SCRATCH_BYTES,
    scratch_files: SCRATCH_FILES,
    meeting_folder: meetingFolder,
    filter: program(toolPolicy(VIEWS[level])),
    seal: level === 'S1' ? program(toolPolicy('sealed')) : null,
  }
}

/** The order for one child, known by its key. */
export function orderFor(key: string, limits: ChildLimits, modules: readonly string[]): object {
  const { memory_bytes, cpu_s, open_files } = limits
  return {
    type: 'fork',
    key,
    limits: { memory_bytes, cpu_s, open_files, file_bytes: SCRATCH_BYTES },
    modules,
  }
}

/** The user that confined processes become; null when they stay who the supervisor is. */
export function identityOf({ asRoot }: Pick<Confinement, 'asRoot'>): number | null {
  return asRoot ? CONFINED_ID : null
}
