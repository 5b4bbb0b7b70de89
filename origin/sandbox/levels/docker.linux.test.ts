import { access, readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { serverCanary } from './canaries.ts'
import { evaluateNamed } from '../testing/filter.ts'
import { asInDocker, dockerPolicy } from '../testing/docker.ts'
import { assemble } from '../seccomp/assemble.ts'
import {
  events,
  healthOf,
  MAIN,
  order,
  startProcess,
  type SandboxProcess,
} from '../testing/process.ts'
import { python } from '../testing/programs.ts'
import { machine } from '../testing/sandbox.ts'

const through = asInDocker(machine.interpreter.executable, machine.arch)
const ORDINARY_USER = 1000
const canOrdinaryUserRead = await access(MAIN).then(
  () =>
    machine.asRoot &&
    !MAIN.startsWith('/root/') &&
    !machine.interpreter.executable.startsWith('/root/'),
)

/** What a container without capabilities may not do, and what Docker lets it do all the same. */
it('the stand-in for Docker’s default profile denies namespaces and allows Landlock', () => {
  const filter = assemble(dockerPolicy(), 'x86_64')
  const fate = (name: string, args?: bigint[]) => evaluateNamed(filter, name, args)
  expect(
    ['unshare', 'setns', 'mount', 'umount2', 'pivot_root', 'keyctl', 'bpf'].map((name) =>
      fate(name),
    ),
  ).toEqual(Array.from({ length: 7 }, () => 'errno 1'))
  expect(fate('clone', [0x10000000n | 17n])).toBe('errno 1')
  expect(fate('clone3')).toBe('errno 38')
  expect(
    ['landlock_restrict_self', 'seccomp', 'ptrace', 'process_vm_readv', 'prctl'].map((name) =>
      fate(name),
    ),
  ).toEqual(Array.from({ length: 5 }, () => 'allow'))
  expect(fate('clone', [17n])).toBe('allow')
  expect(fate('socket', [40n])).toBe('errno 1')
})

/** Programs that answer `refused` where the kernel stands in their way, or are killed by it. */
async function attempt(sandbox: SandboxProcess, id: string, act: string) {
  const code = python`
    import asyncio, ctypes, os, signal, socket, subprocess
    def main():
        try:
            ${act}
        except OSError:
            return 'refused'
        return 'it worked'
  `
  const modules = ['ctypes', 'os', 'signal', 'socket', 'subprocess']
  const run = await events(await sandbox.ask('/runs', await order(sandbox, code, { id, modules })))
  const last = run.at(-1)
  if (last?.type !== 'outcome') return 'no outcome'
  const { outcome } = last
  return outcome.kind === 'ok' ? outcome.value : 'reason' in outcome ? outcome.reason : outcome.kind
}

it.each([
  { user: 'the user of the tests', start: {} },
  ...(canOrdinaryUserRead ? [{ user: 'an ordinary user', start: { uid: ORDINARY_USER } }] : []),
])(
  'under Docker’s default profile, as $user, the sandbox forms S2 and holds it',
  async ({ start }) => {
    await using tcp = await serverCanary({ host: '127.0.0.1', port: 0 })
    await using sandbox = await startProcess({}, { ...start, through })
    expect(sandbox.first).not.toBeNull()
    const status = await readFile(`/proc/${sandbox.child.pid}/status`, 'utf8')
    expect(status).toMatch(/^Seccomp:\s+2$/m)

    const { isolation, missing, self_test } = await healthOf(sandbox)
    expect(isolation.level).toBe('S2')
    expect(isolation.layers).toEqual(expect.arrayContaining(['landlock_fs', 'seccomp', 'uid']))
    expect(missing.at(-1)).toMatchObject({
      layer: 'user_ns',
      fix: expect.stringContaining('seccomp profile') as string,
    })
    expect(self_test.failed).toEqual([])

    const [ended] = await events(
      await sandbox.ask('/runs', await order(sandbox, 'def main(): return 1')),
    )
    expect(ended).toMatchObject({ outcome: { kind: 'ok', value: 1, isolation: { level: 'S2' } } })

    const acts = {
      'read a file of the host': "open('/etc/passwd')",
      'read the supervisor’s environment': `open('/proc/${sandbox.child.pid}/environ')`,
      'trace the supervisor': `ctypes.CDLL(None).ptrace(16, ${sandbox.child.pid}, 0, 0)`,
      'read the supervisor’s memory': `ctypes.CDLL(None).process_vm_readv(${sandbox.child.pid}, 0, 0, 0, 0, 0)`,
      'kill the supervisor': `os.kill(${sandbox.child.pid}, signal.SIGKILL)`,
      'reach a server': `socket.create_connection(('127.0.0.1', ${tcp.port}), 2)`,
      'run a program': "subprocess.run(['/bin/true'])",
      fork: 'os.fork()',
    }
    const seen: Record<string, unknown> = {}
    for (const [id, act] of Object.entries(acts)) seen[id] = await attempt(sandbox, id, act)
    expect(seen).toEqual({
      'read a file of the host': 'refused',
      'read the supervisor’s environment': 'refused',
      'trace the supervisor': 'forbidden_call',
      'read the supervisor’s memory': 'forbidden_call',
      'kill the supervisor': 'refused',
      'reach a server': 'refused',
      'run a program': 'refused',
      fork: 'refused',
    })
    expect(tcp.visits()).toBe(0)
  },
)

it('under Docker’s default profile, a start that demands S3 is refused with what would help', async () => {
  await using sandbox = await startProcess({ MCPBOX_SANDBOX_MIN: 'S3' }, { through })
  expect(await sandbox.exited).toEqual([1, null])
  expect(sandbox.complaint()).toContain('cannot form isolation level S3. user_ns: ')
  expect(sandbox.complaint()).toContain('a seccomp profile that permits unshare')
})
