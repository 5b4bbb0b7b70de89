import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { formableLevels } from '../testing/sandbox.ts'
import { removeFrozen } from './frozen-tree.ts'
import { setName } from './lock.ts'
import { noPip, packagedSandbox } from './testing/packaged-sandbox.ts'
import { tinyIndex } from './testing/tiny-index.ts'
import { wheel } from './testing/wheel.ts'

/** What pip chooses, what gets installed of it, and what a tool then sees; with real pip. */

const greet = (version: string) =>
  wheel({
    name: 'Tiny_Greet',
    version,
    files: {
      'greet/__init__.py': `from inner import WORD\ndef greet(): return WORD + ' from ${version}'\n`,
      'os.py': 'raise SystemExit("not the real one")\n',
    },
    requires: ['tiny-inner'],
  })
const inner = wheel({ name: 'tiny_inner', version: '3', files: { 'inner.py': "WORD = 'hello'\n" } })
const CALL = 'import greet\ndef main(): return greet.greet()\n'

describe.skipIf(noPip !== null)(
  `packages${noPip === null ? '' : ` (not tried: ${noPip})`}`,
  async () => {
    const index = await tinyIndex([greet('1.0'), greet('2.0'), inner])
    const box = await packagedSandbox(index.env)
    afterAll(async () => {
      await box[Symbol.asyncDispose]()
      await index[Symbol.asyncDispose]()
    })

    it('a lock names every wheel, by hash, and what each brings to import', async () => {
      const lock = await box.lock('tiny-greet==1.0')
      expect(lock.packages).toEqual([
        {
          name: 'tiny-greet',
          version: '1.0',
          wheel: 'Tiny_Greet-1.0-py3-none-any.whl',
          sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
          imports: ['greet'],
        },
        expect.objectContaining({ name: 'tiny-inner', version: '3', imports: ['inner'] }),
      ])
      expect(box.news.join('\n')).toContain('tiny-greet')
      expect(await box.lock('tiny-greet==1.0')).toEqual(lock)
    })

    describe.each(formableLevels.filter((level) => level !== 'S1'))('at %s', (level) => {
      const run = box.at(level)
      const manifest = { packages: ['tiny-greet==1.0'] }

      it('a tool imports what its package brings, which imports what it needs', async () => {
        const outcome = await run(CALL, await box.lock('tiny-greet==1.0'), manifest)
        expect(outcome).toMatchObject({ kind: 'ok', value: 'hello from 1.0', isolation: { level } })
      })

      it.each(['inner', 'os', 'pip'])('but not %s, which it does not name', async (name) => {
        const code = `import ${name}\ndef main(): return 1\n`
        const outcome = await run(code, await box.lock('tiny-greet==1.0'), manifest)
        expect(outcome).toMatchObject({
          kind: 'failed',
          failure: { message: expect.stringContaining(name) },
        })
      })

      it('two tools have two versions at the same time', async () => {
        const [one, two] = await Promise.all([
          run(CALL, await box.lock('tiny-greet==1.0'), manifest),
          run(CALL, await box.lock('tiny-greet==2.0'), { packages: ['tiny-greet==2.0'] }),
        ])
        expect([one, two]).toMatchObject([{ value: 'hello from 1.0' }, { value: 'hello from 2.0' }])
      })

      it('a set that was removed while it was in use is made again for the next call', async () => {
        const lock = await box.lock('tiny-greet==1.0')
        expect(await run(CALL, lock, manifest)).toMatchObject({ kind: 'ok' })
        await removeFrozen(box.sets)
        expect(await run(CALL, lock, manifest)).toMatchObject({ kind: 'ok' })
      })

      it('a tool can change nothing of a set, with every module it could ask for', async () => {
        const code = `
import greet, os
folder = os.path.dirname(os.path.dirname(greet.__file__))
def attempt(*steps):
    for step in steps:
        try:
            step()
        except OSError as error:
            continue
        return 'it worked'
def main():
    return attempt(
        lambda: open(greet.__file__, 'w'),
        lambda: open(folder + '/new.py', 'w'),
        lambda: os.remove(greet.__file__),
        lambda: os.rename(greet.__file__, greet.__file__ + '2'),
        lambda: os.chmod(greet.__file__, 0o777),
        lambda: os.mkdir(folder + '/new'),
    )
`
        const lock = await box.lock('tiny-greet==1.0')
        const outcome = await run(code, lock, { ...manifest, modules: ['os'] })
        expect(outcome).toMatchObject({ kind: 'ok', value: null })
      })
    })

    it.runIf(formableLevels.includes('S1'))('at S1 there are none, and it says why', async () => {
      const outcome = await box.at('S1')(CALL, await box.lock('tiny-greet==1.0'), {
        packages: ['tiny-greet==1.0'],
      })
      expect(outcome).toMatchObject({ kind: 'refused', message: expect.stringContaining('S2') })
    })

    it('a set is read-only, and named by the hash of its lock', async () => {
      const lock = await box.lock('tiny-greet==1.0')
      const folder = await box.source.sets.folderOf(lock, box.wanted)
      expect(folder).toBe(join(box.sets, setName(lock)))
      expect((await stat(folder)).mode & 0o777).toBe(0o555)
      expect((await stat(join(folder, 'inner.py'))).mode & 0o777).toBe(0o444)
    })

    it('a damaged set is made again', async () => {
      await using other = await packagedSandbox(index.env)
      const lock = await other.lock('tiny-inner==3')
      const folder = await other.source.sets.folderOf(lock, other.wanted)
      await chmod(join(folder, 'inner.py'), 0o644)
      await writeFile(join(folder, 'inner.py'), "WORD = 'evil'\n")
      await using again = await packagedSandbox(index.env, undefined, other.sets)
      await again.source.sets.folderOf(lock, again.wanted)
      expect(await readFile(join(folder, 'inner.py'), 'utf8')).toBe("WORD = 'hello'\n")
    })

    it('many who want the same set at once have it made once', async () => {
      await using other = await packagedSandbox(index.env)
      const lock = await other.lock('tiny-inner==3')
      const before = index.asked.length
      const all = Array.from({ length: 5 }, () => other.source.sets.folderOf(lock, other.wanted))
      expect(new Set(await Promise.all(all)).size).toBe(1)
      const wheels = index.asked.slice(before).filter((path) => path.endsWith('.whl'))
      expect(wheels).toHaveLength(1)
    })
  },
)

describe.skipIf(noPip !== null)('packages that cannot be had', async () => {
  const index = await tinyIndex([inner])
  const box = await packagedSandbox(index.env)
  afterAll(async () => {
    await box[Symbol.asyncDispose]()
    await index[Symbol.asyncDispose]()
  })

  it('one that the index does not know is refused in pip’s words', async () => {
    await expect(box.lock('nobody-made-this==1')).rejects.toThrow(/nobody-made-this==1.*wheels/)
  })

  it('one that has only source text is refused, for building it would run it', async () => {
    const source = { filename: 'tiny_source-1.tar.gz', bytes: Buffer.from('x'), metadata: '' }
    index.offer(source)
    await expect(box.lock('tiny-source==1')).rejects.toThrow(/never source packages/)
    expect(index.asked).not.toContain('/files/tiny_source-1.tar.gz')
  })

  it('a wheel that is not the locked one is refused, and nothing is left of it', async () => {
    const lock = await box.lock('tiny-inner==3')
    index.offer(wheel({ name: 'tiny_inner', version: '3', files: { 'inner.py': 'evil()\n' } }))
    await expect(box.source.sets.folderOf(lock, box.wanted)).rejects.toThrow(
      /HASH|hash|No matching/,
    )
    expect(await readdir(box.sets)).toEqual([])
    index.offer(inner)
  })

  it('a lock for another interpreter is refused', async () => {
    const lock = { ...(await box.lock('tiny-inner==3')), target: 'cp27 linux x86_64' }
    await expect(box.source.sets.folderOf(lock, box.wanted)).rejects.toThrow(/cp27/)
  })

  it('an installation that is given up leaves nothing half done', async () => {
    await using slow = await tinyIndex([inner])
    await using other = await packagedSandbox(slow.env)
    const lock = await box.lock('tiny-inner==3')
    slow.state.holdsWheels = true
    const stop = new AbortController()
    const installing = other.source.sets.folderOf(lock, { ...other.wanted, signal: stop.signal })
    await slow.reached
    stop.abort()
    await expect(installing).rejects.toThrow('aborted')
    await expect.poll(() => readdir(other.sets)).toEqual([])
  })
})
