import type { RunLimits } from '#contract/sandbox.ts'
import type { Interpreter } from '../interpreter/interpreter.ts'
import type { FormableLevel } from '../levels/layers.ts'
import type { Architecture } from '../seccomp/syscalls.ts'
import { assemble, encode } from '../seccomp/assemble.ts'
import { toolPolicy, type View } from '../seccomp/policy.ts'

/** The first message to a process: what it is to become (python/inside/plan.py). No secrets. */
export type Plan = {
  type: 'plan'
  level: FormableLevel
  identity: number | null
  namespaces: boolean
  landlock: boolean
  sealed: boolean
  readable: string[]
  masked: string[]
  scratch_bytes: number
  scratch_files: number
  limits: Pick<RunLimits, 'memory_bytes' | 'cpu_s' | 'open_files'> & { file_bytes: number }
  filter: string
}

/** Room in a call's private /tmp. */
const SCRATCH_BYTES = 16 * 1024 * 1024
const SCRATCH_FILES = 1024

/**
 * User and group of confined processes when the supervisor is root. Unassigned by the conventions
 * for Linux systems (systemd, UIDS-GIDS: 60578 to 61183), and below 65536, so that it exists in
 * containers with a mapped range.
 */
export const CONFINED_ID = 61_000

const VIEWS: Record<FormableLevel, View> = { S3: 'namespaced', S2: 'shared', S1: 'sealed' }

export type Confinement = {
  level: FormableLevel
  interpreter: Interpreter
  arch: Architecture
  /** Whether the supervisor is root, and so must change ids. */
  asRoot: boolean
}

/** The plan that forms a level. */
export function planFor(confinement: Confinement, limits: RunLimits): Plan {
  const { level, interpreter } = confinement
  return {
    type: 'plan',
    level,
    identity: confinement.asRoot ? CONFINED_ID : null,
    namespaces: level === 'S3',
    landlock: level !== 'S1',
    sealed: level === 'S1',
    readable: interpreter.readable,
    masked: interpreter.masked,
    scratch_bytes: SCRATCH_BYTES,
    scratch_files: SCRATCH_FILES,
    limits: {
      memory_bytes: limits.memory_bytes,
      cpu_s: limits.cpu_s,
      open_files: limits.open_files,
      file_bytes: SCRATCH_BYTES,
    },
    filter: encode(assemble(toolPolicy(VIEWS[level]), confinement.arch)).toString('base64'),
  }
}
