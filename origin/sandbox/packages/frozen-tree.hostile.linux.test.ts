import { link, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { freeze, removeFrozen } from './frozen-tree.ts'

/** Folders whose writer would have the supervisor change files that are not the writer's. */

let outside: string
let folder: string
beforeEach(async () => {
  outside = await mkdtemp(join(tmpdir(), 'mcpbox-freezing-'))
  folder = join(outside, 'set')
  await mkdir(join(folder, 'package'), { recursive: true })
  await writeFile(join(outside, 'victim'), '', { mode: 0o600 })
})
afterEach(async () => {
  await removeFrozen(folder)
  await rm(outside, { recursive: true })
})
const modeOfVictim = async () => (await stat(join(outside, 'victim'))).mode & 0o777

it('a link is refused, and what it leads to is untouched', async () => {
  await symlink(join(outside, 'victim'), join(folder, 'package', 'module.py'))
  await expect(freeze(folder)).rejects.toThrow('neither a file nor a folder')
  expect(await modeOfVictim()).toBe(0o600)
})

it('so is a link to a folder', async () => {
  await symlink(outside, join(folder, 'package', 'inner'))
  await expect(freeze(folder)).rejects.toThrow('neither a file nor a folder')
  expect(await modeOfVictim()).toBe(0o600)
})

it('a second name of a file elsewhere is refused, and the file is untouched', async () => {
  await link(join(outside, 'victim'), join(folder, 'package', 'module.py'))
  await expect(freeze(folder)).rejects.toThrow('hard link')
  expect(await modeOfVictim()).toBe(0o600)
})

it('a pipe that nobody writes to is refused, and not waited for', async () => {
  execFileSync('mkfifo', [join(folder, 'package', 'module.py')])
  await expect(freeze(folder)).rejects.toThrow('neither a file nor a folder')
})

it('folders in folders without end are refused', async () => {
  await mkdir(join(folder, ...Array.from({ length: 150 }, () => 'a')), { recursive: true })
  await expect(freeze(folder)).rejects.toThrow('too deep')
})
