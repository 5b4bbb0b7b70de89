import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { ModuleLock } from '#contract/packages.ts'
import { USUAL_LIMITS } from '../levels/prove.ts'
import { formableLevels, machine } from '../testing/sandbox.ts'
import { zygotes } from '../testing/zygotes.ts'
import { type Packaged, packageImports, packagedServers } from './packaged.ts'

const level = formableLevels.find((one) => one !== 'S1')
const wanted = { news: () => undefined, signal: new AbortController().signal }
const lockFor = (target: string) => ModuleLock.parse({ target, packages: [] })
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcpbox-packaged-'))
  await chmod(folder, 0o755)
})
afterAll(() => rm(folder, { recursive: true }))

const sets = {
  folderOf: async ({ target }: ModuleLock) => {
    const path = join(folder, target)
    await mkdir(path, { recursive: true })
    return path
  },
}
/** Folders in which fork servers of this test wait for their children. */
const doors = async () =>
  (await readdir(folder)).filter((name) => name.startsWith('mcpbox-sandbox-')).length

describe.skipIf(level === undefined)('fork servers with packages', () => {
  beforeEach(() => void vi.stubEnv('TMPDIR', folder))
  afterEach(() => void vi.unstubAllEnvs())

  async function taking(packaged: Packaged, target: string) {
    const server = await packaged.serverFor(lockFor(target), [], wanted)
    const { child } = await server.take(USUAL_LIMITS)
    return child
  }
  async function calling(packaged: Packaged, target: string) {
    const child = await taking(packaged, target)
    child.kill()
    await child.gone
  }

  it('stay awake for a few sets only; nothing of the others is left', async () => {
    await using packaged = packagedServers({ ...machine, level: level ?? 'S2' }, sets)
    const before = (await zygotes()).length
    for (const target of ['a', 'b', 'c', 'd', 'e', 'f']) await calling(packaged, target)
    await expect.poll(async () => (await zygotes()).length - before).toBe(4)
    await expect.poll(doors).toBe(4)
    await calling(packaged, 'a')
  })

  it('end no call that they still serve', async () => {
    await using packaged = packagedServers({ ...machine, level: level ?? 'S2' }, sets)
    const child = await taking(packaged, 'a')
    for (const target of ['b', 'c', 'd', 'e', 'f']) await calling(packaged, target)
    await expect.poll(doors).toBe(5)
    child.kill()
    expect(await child.gone).toMatchObject({ account: { signal: 9 } })
    await expect.poll(doors).toBe(4)
  })
})

it('a manifest and a lock that do not belong together give nothing to import', () => {
  const packages = ['a==1']
  expect(() => packageImports({ packages } as never, lockFor('x'))).toThrow(
    'a==1 is not in the lock',
  )
})
