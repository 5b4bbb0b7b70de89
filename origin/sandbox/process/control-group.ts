import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { NotConfined } from './not-confined.ts'

/** A control group (cgroups(7), version 2) for one fork server and all that it makes. */
export type ControlGroup = {
  folder: string
  /** Kills everything in it and removes it. Safe to call again. */
  end(): Promise<void>
}

export type Controller = 'memory' | 'pids'

const LAYER = 'cgroup_limits'
/** What all calls of a fork server together may have; each has limits of its own besides. */
const LIMITS: Readonly<Record<Controller, () => number>> = {
  memory: () => Math.floor(totalmem() / 2),
  pids: () => 4096,
}
/** How often, and how long, a killed group is looked at until it is empty. */
const LOOK_MS = 10
const LOOKS = 500

/**
 * Creates a group in `parent`, a group that its owner leaves to this process and that has no
 * processes itself, with limits on what it `needs`. Rejects with NotConfined where that is refused.
 */
export async function openControlGroup(
  parent: string | null,
  needs: readonly Controller[] = ['memory', 'pids'],
): Promise<ControlGroup> {
  if (parent === null) throw new NotConfined(LAYER, 'no control group was given')
  try {
    await passOn(parent, needs)
    const folder = join(parent, `mcpbox-${randomUUID()}`)
    await mkdir(folder)
    const group = { folder, end: () => endGroup(folder) }
    try {
      for (const name of needs) await writeFile(join(folder, `${name}.max`), `${LIMITS[name]()}`)
    } catch (error) {
      await group.end()
      throw error
    }
    return group
  } catch (error) {
    if (error instanceof NotConfined || !(error instanceof Error && 'code' in error)) throw error
    throw new NotConfined(LAYER, error.message)
  }
}

/** Lets groups beneath the parent have limits. */
async function passOn(parent: string, needs: readonly Controller[]): Promise<void> {
  const there = words(await readFile(join(parent, 'cgroup.controllers'), 'utf8'))
  const absent = needs.filter((name) => !there.includes(name))
  if (absent.length > 0) {
    throw new NotConfined(LAYER, `${parent} has no control of ${absent.join(' and ')}`)
  }
  const passed = words(await readFile(join(parent, 'cgroup.subtree_control'), 'utf8'))
  const more = needs.filter((name) => !passed.includes(name)).map((name) => `+${name}`)
  if (more.length > 0) await writeFile(join(parent, 'cgroup.subtree_control'), more.join(' '))
}

async function endGroup(folder: string): Promise<void> {
  try {
    await writeFile(join(folder, 'cgroup.kill'), '1')
    for (let look = 0; look < LOOKS; look++) {
      if (/^populated 0$/m.test(await readFile(join(folder, 'cgroup.events'), 'utf8'))) break
      await setTimeout(LOOK_MS)
    }
    await rmdir(folder)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}
