import { SYSCALL_TABLE } from './table.ts'

/** Architectures whose system call numbers we know. Names as `uname -m` gives them. */
export type Architecture = 'x86_64' | 'aarch64'

const numbers: ReadonlyMap<string, Readonly<Record<Architecture, number | null>>> = new Map(
  SYSCALL_TABLE.trim()
    .split(/\s+/)
    .map((entry) => {
      const [name = '', x86 = '', arm = ''] = entry.split(':')
      return [name, { x86_64: toNumber(x86), aarch64: toNumber(arm) }]
    }),
)

function toNumber(text: string): number | null {
  return text === '' ? null : Number(text)
}

/** AUDIT_ARCH_* of linux/audit.h: what the filter sees in seccomp_data.arch. */
export const AUDIT_ARCH: Readonly<Record<Architecture, number>> = {
  x86_64: 0xc000003e,
  aarch64: 0xc00000b7,
}

/** The architecture of this machine; null when there is no table for it. */
export function architecture(nodeArch: NodeJS.Architecture): Architecture | null {
  return nodeArch === 'x64' ? 'x86_64' : nodeArch === 'arm64' ? 'aarch64' : null
}

/** Number of a call, or null when the architecture does not have it. A misspelt name throws. */
export function syscallNumber(name: string, arch: Architecture): number | null {
  const row = numbers.get(name)
  if (row === undefined) throw new Error(`no system call is named ${name}`)
  return row[arch]
}

/** The highest number in the table: what is above it is newer than the table. */
export function highestNumber(arch: Architecture): number {
  return Math.max(...[...numbers.values()].map((row) => row[arch] ?? 0))
}
