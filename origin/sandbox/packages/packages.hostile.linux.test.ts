import { readdir } from 'node:fs/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { formableLevels } from '../testing/sandbox.ts'
import { noPip, packagedSandbox } from './testing/packaged-sandbox.ts'
import { tinyIndex } from './testing/tiny-index.ts'
import { wheel } from './testing/wheel.ts'

/** Packages that mean harm: when they are unpacked, when they are imported, when they are called. */

const evil = (name: string, source: string) =>
  wheel({ name, version: '1', files: { [`${name}.py`]: source } })

const SPY = `
import os, socket
seen = []
def attempt(step):
    try:
        seen.append(str(step()))
    except BaseException:
        pass
attempt(lambda: open('/etc/passwd').read())
attempt(lambda: os.listdir('/home'))
attempt(lambda: os.listdir('/root'))
attempt(lambda: os.fork())
attempt(lambda: os.execv('/bin/true', ['true']))
attempt(lambda: os.kill(os.getppid(), 9))
attempt(lambda: socket.create_connection(('127.0.0.1', 80)))
attempt(lambda: open(__file__, 'a'))
`
const WHEELS = [
  evil('quits', 'import os\nos._exit(3)\n'),
  evil('exits', 'raise SystemExit(4)\n'),
  evil('loops', 'while True: pass\n'),
  evil('spies', SPY),
  wheel({ name: 'climbs', version: '1', files: { '../../climbed.py': '', 'climbs.py': '' } }),
  wheel({
    name: 'nice',
    version: '1',
    files: {
      'nice.py': '',
      'nice-1.data/data/sneaky.py': '',
      'nice-1.data/data/lib/python/deeper.py': '',
      'nice-1.data/scripts/script.py': '',
      'nice-1.data/headers/header.py': '',
      'nice-1.data/data/share/nice.txt': '',
      'compiled.pyc': '',
    },
  }),
  wheel({ name: 'starts', version: '1', files: { 'a.pth': 'import starts', 'starts.py': SPY } }),
]
const levels = formableLevels.filter((level) => level !== 'S1')

describe.skipIf(noPip !== null)('a hostile package', async () => {
  const index = await tinyIndex(WHEELS)
  const box = await packagedSandbox(index.env)
  afterAll(async () => {
    await box[Symbol.asyncDispose]()
    await index[Symbol.asyncDispose]()
  })

  describe.each(levels)('at %s', (level) => {
    const run = box.at(level)
    async function importing(name: string, timeoutMs?: number) {
      const code = `import ${name}\ndef main(): return ${name}.seen\n`
      const lock = await box.lock(`${name}==1`)
      return run(code, lock, { packages: [`${name}==1`], modules: ['os'] }, timeoutMs)
    }

    it('that reads, starts and connects when it is imported gets nowhere', async () => {
      expect(await importing('spies')).toMatchObject({ kind: 'ok', value: [] })
    })

    it('that ends the process ends only its own', async () => {
      expect(await importing('quits')).toMatchObject({ kind: 'killed', reason: 'crashed' })
      expect(await importing('quits')).toMatchObject({ kind: 'killed', reason: 'crashed' })
    })

    it('that raises what ends programs fails its tool', async () => {
      expect(await importing('exits')).toMatchObject({
        kind: 'failed',
        failure: { type: 'SystemExit' },
      })
    })

    it('that never ends uses up the time of its tool, and no more', async () => {
      expect(await importing('loops', 1_000)).toMatchObject({ kind: 'timed_out' })
    })
  })

  it('that would be unpacked elsewhere is refused', async () => {
    const lock = await box.lock('climbs==1')
    const made = await readdir(box.sets)
    await expect(box.source.sets.folderOf(lock, box.wanted)).rejects.toThrow(/outside/)
    expect(await readdir(box.sets)).toEqual(made)
  })

  it('brings to import what its lock says, and nothing that it ships beside its modules', async () => {
    const lock = await box.lock('nice==1')
    expect(lock.packages).toMatchObject([{ imports: ['compiled', 'lib', 'nice', 'sneaky'] }])
    const held = await readdir(await box.source.sets.folderOf(lock, box.wanted))
    expect(held.filter((name) => name !== '__pycache__')).toEqual([
      'compiled.pyc',
      'nice-1.dist-info',
      'nice.py',
      'requirements.txt',
      'share',
      'sneaky.py',
    ])
  })

  it('brings to import nothing that is no module', async () => {
    expect((await box.lock('starts==1')).packages).toMatchObject([{ imports: ['starts'] }])
    expect((await box.lock('climbs==1')).packages).toMatchObject([{ imports: ['climbs'] }])
  })
})
