import type { Action, Condition, Policy, Rule } from './rule.ts'
import { ERRNO } from './rule.ts'
import type { Architecture } from './syscalls.ts'
import { AUDIT_ARCH, highestNumber, syscallNumber } from './syscalls.ts'

/** struct sock_filter of linux/filter.h. */
export type Instruction = { code: number; jt: number; jf: number; k: number }

/** Classic BPF opcodes (linux/bpf_common.h). */
export const BPF = { LD: 0x20, JA: 0x05, JEQ: 0x15, JGE: 0x35, AND: 0x54, RET: 0x06 } as const

/** Offsets in struct seccomp_data (linux/seccomp.h). */
const NUMBER = 0
const ARCH = 4
const ARGS = 16

const RET_KILL_PROCESS = 0x80000000
const RET_ERRNO = 0x00050000
const RET_ALLOW = 0x7fff0000
/** Bit of the x32 ABI, whose calls come under the arch of x86_64. */
const X32 = 0x40000000

type Range = { from: number; rule: Rule }

/**
 * A filter program: kills on a foreign architecture, then finds the call's rule by binary search
 * over ranges of equal fate. Every path ends in a return, as the kernel demands.
 */
export function assemble(policy: Policy, arch: Architecture): Instruction[] {
  return [
    load(ARCH),
    { code: BPF.JEQ, jt: 1, jf: 0, k: AUDIT_ARCH[arch] },
    give('kill'),
    load(NUMBER),
    ...search(ranges(policy, arch)),
  ]
}

function ranges(policy: Policy, arch: Architecture): Range[] {
  const byNumber = new Map<number, Rule>()
  for (const [name, rule] of policy.rules) {
    const number = syscallNumber(name, arch)
    if (number !== null) byNumber.set(number, rule)
  }
  const found: Range[] = []
  const end = highestNumber(arch) + 1
  for (let number = 0; number < end; number++) {
    const rule = byNumber.get(number) ?? policy.unlisted
    if (!sameFate(found.at(-1)?.rule, rule)) found.push({ from: number, rule })
  }
  found.push({ from: end, rule: policy.unknown })
  if (arch === 'x86_64') found.push({ from: X32, rule: 'kill' })
  return found
}

function sameFate(one: Rule | undefined, other: Rule): boolean {
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other)
}

function search(among: Range[]): Instruction[] {
  const middle = among[among.length >> 1]
  if (middle === undefined) throw new Error('a policy has at least one range')
  if (among.length === 1) return decide(middle.rule)
  const below = search(among.slice(0, among.length >> 1))
  const above = search(among.slice(among.length >> 1))
  return [
    { code: BPF.JGE, jt: 0, jf: 1, k: middle.from },
    { code: BPF.JA, jt: 0, jf: 0, k: below.length },
    ...below,
    ...above,
  ]
}

function decide(rule: Rule): Instruction[] {
  if (typeof rule === 'string' || 'errno' in rule) return [give(rule)]
  const { allowWhen, orWhen, otherwise } = rule
  const refused =
    orWhen === undefined ? [give(otherwise)] : decide({ allowWhen: orWhen, otherwise })
  let rest = [give('allow')]
  for (const condition of allowWhen.toReversed()) rest = [...check(condition, rest.length), ...rest]
  return [...rest, ...refused]
}

/** Instructions that fall through when the condition holds, else jump behind the rest. */
function check(condition: Condition, fail: number): Instruction[] {
  const low = ARGS + 8 * condition.arg
  if ('is' in condition) {
    const { is } = condition
    return [
      load(low),
      ...is.map((k, at) => {
        const left = is.length - 1 - at
        return { code: BPF.JEQ, jt: left, jf: left === 0 ? fail : 0, k }
      }),
    ]
  }
  if ('null' in condition) {
    return [
      load(low),
      { code: BPF.JEQ, jt: 0, jf: fail + 2, k: 0 },
      load(low + 4),
      { code: BPF.JEQ, jt: 0, jf: fail, k: 0 },
    ]
  }
  const wanted = 'bits' in condition
  const mask = wanted ? condition.bits : condition.notBits
  return [
    load(low),
    { code: BPF.AND, jt: 0, jf: 0, k: mask },
    { code: BPF.JEQ, jt: wanted ? 0 : fail, jf: wanted ? fail : 0, k: condition.value },
  ]
}

function load(offset: number): Instruction {
  return { code: BPF.LD, jt: 0, jf: 0, k: offset }
}

function give(action: Action): Instruction {
  return { code: BPF.RET, jt: 0, jf: 0, k: toReturn(action) }
}

function toReturn(action: Action): number {
  if (action === 'allow') return RET_ALLOW
  if (action === 'kill') return RET_KILL_PROCESS
  return RET_ERRNO | ERRNO[action.errno]
}

/** The program as the kernel reads it: packed, in the byte order of both architectures (little). */
export function encode(program: Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8)
  for (const [at, { code, jt, jf, k }] of program.entries()) {
    bytes.writeUInt16LE(code, at * 8)
    bytes.writeUInt8(jt, at * 8 + 2)
    bytes.writeUInt8(jf, at * 8 + 3)
    bytes.writeUInt32LE(k, at * 8 + 4)
  }
  return bytes
}
