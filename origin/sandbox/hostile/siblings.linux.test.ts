import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { attack, unbarred } from '../testing/attack.ts'
import { CALL_IDS, FIRST_CALL_ID } from '../process/call-ids.ts'
import { python } from '../testing/programs.ts'
import { formableLevels, machine, type Sandbox, sandboxAt } from '../testing/sandbox.ts'
import { zygotes } from '../testing/zygotes.ts'

const VICTIM = python`
  import os, time
  def main():
      ctx.log([os.getuid(), os.getgid()])
      time.sleep(60)
`

/** A call that has said who it is and waits; until it is told to end. */
async function victim(sandbox: Sandbox) {
  const stop = new AbortController()
  const said = Promise.withResolvers<number[]>()
  const running = sandbox.run(VICTIM, {
    modules: ['os'],
    signal: stop.signal,
    onEvent: (event) => event.type === 'log' && said.resolve(event.data as number[]),
  })
  const [uid, gid] = await said.promise
  return {
    uid: uid!,
    gid: gid!,
    async end() {
      stop.abort()
      return (await running).outcome
    },
  }
}

/** Process ids, as the host sees them, of everything that fork servers of this process have made. */
async function descendants(): Promise<number[]> {
  const found: number[] = []
  const childrenOf = async (pid: number): Promise<void> => {
    const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
    for (const child of text.split(' ').filter(Boolean).map(Number)) {
      found.push(child)
      await childrenOf(child)
    }
  }
  for (const pid of await zygotes()) await childrenOf(pid)
  return found
}

describe.each(formableLevels)('siblings at %s', (level) => {
  const sandbox = sandboxAt(level)

  it.runIf(machine.asRoot)('are each a user and a group that no other is', async () => {
    const victims = await Promise.all(Array.from({ length: 12 }, () => victim(sandbox)))
    const uids = victims.map(({ uid }) => uid)
    expect(new Set(uids).size).toBe(12)
    expect(victims.map(({ gid }) => gid)).toEqual(uids)
    expect(Math.min(...uids)).toBeGreaterThanOrEqual(FIRST_CALL_ID)
    expect(Math.max(...uids)).toBeLessThan(FIRST_CALL_ID + CALL_IDS)
    const ended = await Promise.all(victims.map((each) => each.end()))
    expect(ended.map(({ kind }) => kind)).toEqual(Array.from({ length: 12 }, () => 'killed'))
  })

  it.runIf(machine.asRoot)('cannot become each other, or what they were', async () => {
    const other = await victim(sandbox)
    expect(
      await unbarred(sandbox, 'import os', {
        'its sibling': `os.setuid(${other.uid})`,
        'its sibling in part': `os.setresuid(-1, ${other.uid}, -1)`,
        'the group of its sibling': `os.setgid(${other.gid})`,
        'in the groups of its sibling': `os.setgroups([${other.gid}])`,
        'the fork server': 'os.setuid(61000)',
        root: 'os.setuid(0)',
      }),
    ).toEqual([])
    await other.end()
  })

  it('cannot signal, trace, read or hold each other by number', async () => {
    const other = await victim(sandbox)
    const pids = [...(await descendants()), 1, 2, 3]
    for (const act of [
      'os.kill(pid, 0)',
      'os.kill(pid, 9)',
      'os.pidfd_open(pid)',
      "open(f'/proc/{pid}/mem', 'rb')",
      'os.setpriority(os.PRIO_PROCESS, pid, 19)',
      'os.sched_setaffinity(pid, {0})',
    ]) {
      const attempts = Object.fromEntries(
        pids.map((pid) => [`${act} of ${pid}`, `pid = ${pid}\n${act}`]),
      )
      expect(await unbarred(sandbox, 'import os', attempts)).toEqual([])
    }
    expect(await other.end()).toMatchObject({ kind: 'killed', reason: 'cancelled' })
  })

  it.each([
    ['ptrace', 'ptrace(16, PID, 0, 0)'],
    ['process_vm_readv', 'process_vm_readv(PID, 0, 0, 0, 0, 0)'],
    ['process_vm_writev', 'process_vm_writev(PID, 0, 0, 0, 0, 0)'],
  ])('end for %s of a sibling, who never learns of it', async (_, call) => {
    const other = await victim(sandbox)
    const target = (await descendants()).at(-1) ?? 1
    const code = `import ctypes\ndef main(): ctypes.CDLL(None).${call.replaceAll('PID', String(target))}`
    expect(await attack(sandbox, code)).toMatchObject({ reason: 'forbidden_call' })
    expect(await other.end()).toMatchObject({ kind: 'killed', reason: 'cancelled' })
  })
})
