import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ModuleLock } from '#contract/packages.ts'
import { USUAL_LIMITS } from '../levels/prove.ts'
import { formableLevels, machine } from '../testing/sandbox.ts'
import { zygotes } from '../testing/zygotes.ts'
import { packageImports, packagedServers } from './packaged.ts'

const level = formableLevels.find((one) => one !== 'S1')
const wanted = { news: () => undefined, signal: new AbortController().signal }
const lockFor = (target: string) => ModuleLock.parse({ target, packages: [] })
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcpbox-packaged-'))
})
afterAll(() => rm(folder, { recursive: true }))

it.skipIf(level === undefined)(
  'however many sets are called, only a few fork servers stay',
  async () => {
    const sets = { folderOf: ({ target }: ModuleLock) => Promise.resolve(join(folder, target)) }
    await using packaged = packagedServers({ ...machine, level: level ?? 'S2' }, sets)
    const before = (await zygotes()).length
    for (const target of ['a', 'b', 'c', 'd', 'e', 'f']) {
      const server = await packaged.serverFor(lockFor(target), [], wanted)
      const { child } = await server.take(USUAL_LIMITS)
      child.kill()
      await child.gone
    }
    await expect.poll(async () => (await zygotes()).length - before).toBe(4)
    const again = await packaged.serverFor(lockFor('a'), [], wanted)
    const { child } = await again.take(USUAL_LIMITS)
    child.kill()
  },
)

it('a manifest and a lock that do not belong together give nothing to import', () => {
  const packages = ['a==1']
  expect(() => packageImports({ packages } as never, lockFor('x'))).toThrow(
    'a==1 is not in the lock',
  )
})
