import { toolPolicy } from './policy.ts'
import type { Policy } from './rule.ts'

/** Calls that begin a program or a process, or reach into another one. */
const KEPT = `execve execveat fork vfork clone clone3 ptrace process_vm_readv process_vm_writev
  pidfd_getfd bpf userfaultfd`

/**
 * The deny-list for what fetches packages. It needs files and the network, and is our code and
 * pip's; but pip would run what it fetched, to build it. What a tool may not do of `KEPT`, this may
 * not do either: it becomes no other program, and has threads but no children, so that nothing is
 * left when it has ended.
 */
export function fetchingPolicy(): Policy {
  const { rules, unlisted, unknown } = toolPolicy('namespaced')
  const kept = KEPT.split(/\s+/)
  return {
    rules: new Map(kept.map((name) => [name, rules.get(name) ?? unlisted])),
    unlisted: 'allow',
    unknown,
  }
}
