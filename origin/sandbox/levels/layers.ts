import type { Language } from '#contract/sandbox.ts'

/** Levels that this supervisor can form on Linux, strongest first. */
export const FORMABLE_LEVELS = ['S4', 'S3', 'S2', 'S1'] as const
export type FormableLevel = (typeof FORMABLE_LEVELS)[number]

const EVERYWHERE = ['uid', 'rlimits', 'no_new_privs', 'capabilities', 'undumpable', 'seccomp']

const NAMESPACED = [
  'user_ns',
  'pid_ns',
  'mnt_ns',
  'net_ns',
  'ipc_ns',
  'uts_ns',
  'cgroup_ns',
  'call_ns',
  'root',
  'scratch',
  'landlock_fs',
]

/** The layers without which a level is not that level. A process may prove more. */
export const REQUIRED_LAYERS: Record<FormableLevel, readonly string[]> = {
  S4: [...EVERYWHERE, ...NAMESPACED, 'call_uid', 'cgroup_limits'],
  S3: [...EVERYWHERE, ...NAMESPACED],
  S2: [...EVERYWHERE, 'landlock_fs'],
  S1: [...EVERYWHERE, 'sealed'],
}

/**
 * What execve(2) takes back, and Node cannot ask for. It is one of three walls between calls of one
 * user: ptrace(2) and its kin end a process, and /proc is out of reach (root, landlock_fs).
 */
const LOST_TO_NODE = 'undumpable'

/** What root makes possible at every level, and so is promised at every level. */
const ROOT_GIVES = 'call_uid'

/** What a process was promised to be. */
export type Promised = { level: FormableLevel; language: Language; asRoot: boolean }

/** Layers that were promised and that a process did not prove. Empty when it is what it should be. */
export function missingLayers(
  { level, language, asRoot }: Promised,
  proven: readonly string[],
): string[] {
  const promised = [...REQUIRED_LAYERS[level], ...(asRoot ? [ROOT_GIVES] : [])]
  const missing = promised.filter((layer) => !proven.includes(layer))
  return language === 'typescript' ? missing.filter((layer) => layer !== LOST_TO_NODE) : missing
}
