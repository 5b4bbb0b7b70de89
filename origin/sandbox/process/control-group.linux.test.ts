import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { USUAL_LIMITS } from '../levels/prove.ts'
import { machine } from '../testing/sandbox.ts'
import { openControlGroup } from './control-group.ts'
import { openDoor } from './door.ts'
import { forkServer } from './fork-server.ts'
import { NotConfined } from './not-confined.ts'
import { identityOf, planFor } from './plan.ts'
import { startZygote } from './zygote.ts'

/** A group of ours in the hierarchy of version 2; null where there is none, or none for us. */
async function emptyGroup(): Promise<string | null> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n')
  const mounted = mounts.find((line) => line.includes(' - cgroup2 '))?.split(' ')[4]
  if (mounted === undefined || !machine.asRoot) return null
  const folder = join(mounted, `mcpbox-test-${process.pid}`)
  await mkdir(folder)
  return folder
}

const parent = await emptyGroup()
afterAll(async () => {
  if (parent !== null) await rmdir(parent)
})

describe.skipIf(parent === null)('a control group', () => {
  const sleepers = async (folder: string, count: number) => {
    const made = Array.from({ length: count }, () => spawn('sleep', ['600'], { stdio: 'ignore' }))
    for (const { pid } of made) await writeFile(join(folder, 'cgroup.procs'), `${pid}`)
    return made.map((sleeper) => once(sleeper, 'exit'))
  }

  it('ends all that is in it at once, and is gone', async () => {
    const group = await openControlGroup(parent, [])
    const ends = await sleepers(group.folder, 5)
    expect(
      (await readFile(join(group.folder, 'cgroup.procs'), 'utf8')).trim().split('\n'),
    ).toHaveLength(5)
    await group.end()
    expect(await Promise.all(ends)).toEqual(Array.from({ length: 5 }, () => [null, 'SIGKILL']))
    await expect(access(group.folder)).rejects.toThrow('ENOENT')
    await group.end()
  })

  it('does not pass for one with limits when a fork server joins one without', async () => {
    const group = await openControlGroup(parent, [])
    await using door = await openDoor(identityOf(machine))
    const plan = planFor({ ...machine, level: 'S4' }, door.folder, group.folder)
    const started = startZygote(machine.interpreter.executable, plan, door)
    await expect(started).rejects.toMatchObject({ layer: 'cgroup_limits' })
    await group.end()
  })

  it('is refused, and not left behind, where it could not limit', async () => {
    const controllers = await readFile(join(parent!, 'cgroup.controllers'), 'utf8')
    if (controllers.includes('memory') && controllers.includes('pids')) return
    const refusal = await openControlGroup(parent).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(NotConfined)
    expect(refusal).toMatchObject({
      layer: 'cgroup_limits',
      message: expect.stringContaining('has no control of memory and pids') as string,
    })
  })
})

describe('level S4', () => {
  it.each([
    [null, 'no control group was given'],
    ['/nowhere', 'ENOENT'],
    ['/tmp', 'ENOENT'],
  ])('is not formed in the control group %s', async (controlGroup, reason) => {
    await using server = forkServer({ ...machine, level: 'S4', controlGroup })
    await expect(server.take(USUAL_LIMITS)).rejects.toThrow(
      machine.asRoot ? reason : 'the sandbox was not started by root',
    )
  })
})
