import { BPF, type Instruction } from '../seccomp/assemble.ts'
import { AUDIT_ARCH, type Architecture, syscallNumber } from '../seccomp/syscalls.ts'

export type Call = { arch?: number; number: number; args?: bigint[] }

/** What the kernel would answer: a classic BPF machine (bpf(4)) over struct seccomp_data. */
export function evaluate(program: Instruction[], call: Call): string {
  const data = Buffer.alloc(64)
  data.writeUInt32LE(call.number, 0)
  data.writeUInt32LE(call.arch ?? AUDIT_ARCH.x86_64, 4)
  call.args?.forEach((arg, at) => data.writeBigUInt64LE(arg, 16 + 8 * at))
  let accumulator = 0
  for (let at = 0; ; at++) {
    const instruction = program[at]
    if (instruction === undefined) throw new Error('the program ran off its end')
    const { code, jt, jf, k } = instruction
    if (code === BPF.LD) accumulator = data.readUInt32LE(k)
    else if (code === BPF.AND) accumulator = (accumulator & k) >>> 0
    else if (code === BPF.JA) at += k
    else if (code === BPF.JEQ) at += accumulator === k ? jt : jf
    else if (code === BPF.JGE) at += accumulator >= k ? jt : jf
    else if (code === BPF.RET) return toWord(k)
    else throw new Error(`unknown instruction ${code}`)
  }
}

/** The same by name; null when the architecture has no such call. */
export function evaluateNamed(
  program: Instruction[],
  name: string,
  args: bigint[] = [],
  arch: Architecture = 'x86_64',
): string | null {
  const number = syscallNumber(name, arch)
  return number === null ? null : evaluate(program, { arch: AUDIT_ARCH[arch], number, args })
}

function toWord(value: number): string {
  if (value === 0x7fff0000) return 'allow'
  if (value === 0x80000000) return 'kill'
  return `errno ${value & 0xffff}`
}
