import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { machine } from '../testing/sandbox.ts'
import { fetcher } from './fetcher.ts'
import { PackageRefusal } from './package-refusal.ts'
import { pip } from './pip.ts'
import { noPip, packagedSandbox } from './testing/packaged-sandbox.ts'
import { sourceArchive } from './testing/source-archive.ts'
import { tinyIndex } from './testing/tiny-index.ts'
import { wheel } from './testing/wheel.ts'

/** Packages that mean harm while they are only chosen: before anybody has approved them. */

const needing = (name: string, requirement: string) =>
  wheel({ name, version: '1', files: { [`${name}.py`]: '' }, requires: [requirement] })

describe.skipIf(noPip !== null)('choosing a package', async () => {
  const index = await tinyIndex([])
  const box = await packagedSandbox(index.env)
  let traces: string
  beforeAll(async () => {
    traces = await mkdtemp(join(tmpdir(), 'mcpbox-traces-'))
    await chmod(traces, 0o777)
    const trace = `open(${JSON.stringify(join(traces, 'ran'))}, 'w').close()\n`
    index.offer(await sourceArchive('evil', trace))
    index.offer(wheel({ name: 'apart', version: '1', files: { 'apart.py': '' } }))
  })
  afterAll(async () => {
    await box[Symbol.asyncDispose]()
    await index[Symbol.asyncDispose]()
    await rm(traces, { recursive: true })
  })
  const ran = () => readdir(traces)

  it('runs no source text that it needs by address', async () => {
    index.offer(needing('leads', `evil @ ${index.url}/files/evil-1.0.tar.gz`))
    await expect(box.lock('leads==1')).rejects.toThrow(PackageRefusal)
    expect(await ran()).toEqual([])
    expect(index.asked).toContain('/files/evil-1.0.tar.gz')
    await expect(box.lock('leads==1')).rejects.toThrow('no program is run for a package')
  })

  it('runs no program to get what it needs from a repository', async () => {
    index.offer(needing('clones', `evil @ git+${index.url}/evil.git`))
    await expect(box.lock('clones==1')).rejects.toThrow(
      /no program is run|No permission to execute/,
    )
  })

  it('takes no wheel that it needs by address', async () => {
    index.offer(needing('strays', `apart @ ${index.url}/files/apart-1-py3-none-any.whl`))
    await expect(box.lock('strays==1')).rejects.toThrow(
      'strays-1-py3-none-any.whl needs something by its address: apart @ …',
    )
  })

  it('refuses whatever else than a wheel was fetched', async () => {
    const own = fetcher(machine.interpreter.executable, { ...machine, env: index.env })
    const folder = await mkdtemp(join(tmpdir(), 'mcpbox-fetched-'))
    await chmod(folder, 0o755)
    await writeFile(join(folder, 'evil-1.0.tar.gz'), '')
    const signal = new AbortController().signal
    const work = {
      part: 'wheels',
      args: [folder],
      writes: null,
      timeoutMs: 20_000,
      signal,
    } as const
    expect(await own.run(work)).toMatchObject({
      code: 1,
      complaints: ['evil-1.0.tar.gz is not a wheel: building it would run it'],
    })
    await rm(folder, { recursive: true })
  })

  it('goes on under a filter that nothing of it can take off, and with so much memory', async () => {
    await using slow = await tinyIndex([wheel({ name: 'apart', version: '1', files: {} })])
    slow.state.holdsWheels = true
    await using waiting = await packagedSandbox(slow.env)
    const stop = new AbortController()
    const chosen = waiting.source.lock(['apart==1'] as never, {
      ...box.wanted,
      signal: stop.signal,
    })
    await slow.reached
    const { status, limits } = await fetching()
    stop.abort()
    await expect(chosen).rejects.toThrow('aborted')
    expect(status).toMatch(/^Seccomp:\s+2$/m)
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m)
    expect(limits).toMatch(/^Max address space\s+2147483648\s/m)
  })

  it('is done for two at once, and the next ask nobody anything until it is their turn', async () => {
    await using slow = await tinyIndex(
      ['one', 'two', 'late'].map((name) => wheel({ name, version: '1', files: {} })),
    )
    slow.state.holdsWheels = true
    const own = fetcher(machine.interpreter.executable, { ...machine, env: slow.env })
    const stop = new AbortController()
    const choose = (name: string, timeoutMs: number) =>
      own.run({
        part: 'pip',
        args: ['download', '--no-cache-dir', '--no-deps', `${name}==1`],
        writes: null,
        timeoutMs,
        signal: stop.signal,
      })
    const held = Promise.allSettled([choose('one', 60_000), choose('two', 60_000)])
    await expect
      .poll(() => slow.asked.filter((path) => path.endsWith('.whl')).length, { timeout: 20_000 })
      .toBe(2)
    await expect(choose('late', 2_000)).rejects.toThrow('not there after 2 s')
    expect(slow.asked.filter((path) => path.includes('late'))).toEqual([])
    stop.abort()
    await held
  })

  it('stops when what it fetches outgrows its room, before it has all of it', async () => {
    const much = wheel({ name: 'much', version: '1', files: { 'much.py': ' '.repeat(2_000_000) } })
    await using slow = await tinyIndex([much])
    slow.state.keepsBack = 1_000
    const room = { bytes: 100_000, files: 100 }
    const own = fetcher(machine.interpreter.executable, { ...machine, env: slow.env, room })
    const folder = await mkdtemp(join(tmpdir(), 'mcpbox-much-'))
    const signal = new AbortController().signal
    const args = ['--dest', folder, '--', 'much==1']
    const work = {
      command: 'download',
      args,
      writes: folder,
      signal,
      news: () => undefined,
    } as const
    await expect(pip(own, work)).rejects.toThrow(
      'too large: 100000 bytes and 100 files are the most',
    )
    await rm(folder, { recursive: true })
  })
})

/** What the kernel says of a fetching process of this one. */
async function fetching(): Promise<{ status: string; limits: string }> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const [command, status, limits] = await Promise.all(
      ['cmdline', 'status', 'limits'].map((name) =>
        readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => ''),
      ),
    )
    if (command === undefined || status === undefined || limits === undefined) continue
    const isOurs = new RegExp(`^PPid:\\s+${process.pid}$`, 'm').test(status)
    if (isOurs && command.includes('python/fetch.py')) return { status, limits }
  }
  throw new Error('nothing fetches')
}
