import { describe, expect, it } from 'vitest'
import { machine, sandboxAt, strongest as sandbox } from '../testing/sandbox.ts'
import { readAndRun, runTypeScript } from '../testing/typescript.ts'

const ts = String.raw

describe('a tool in TypeScript', { concurrent: true }, () => {
  it('gets one object and gives JSON back', async () => {
    const code = ts`
      interface Place { city: string; days?: number }
      export default async function main({ city, days = 2 }: Place): Promise<object> {
        return { city, days, nothing: undefined, at: new Date(0) }
      }`
    expect(await readAndRun(sandbox, code, { input: { city: 'Ulm' } })).toMatchObject({
      kind: 'ok',
      value: { city: 'Ulm', days: 2, at: '1970-01-01T00:00:00.000Z' },
      isolation: { level: sandbox.level },
    })
  })

  it('prints, reports progress and logs', async () => {
    const code = ts`
      export default function main() {
        console.log('hello', { a: [1] })
        console.error('and this')
        ctx.progress(1, 2, 'half')
        ctx.log({ seen: true }, 'warning')
      }`
    const { outcome, events } = await sandbox.run(code, { language: 'typescript' })
    expect(outcome).toMatchObject({
      kind: 'ok',
      value: null,
      stdout: { text: 'hello { a: [ 1 ] }\nand this\n' },
    })
    expect(events).toEqual([
      { type: 'progress', progress: 1, total: 2, message: 'half' },
      { type: 'log', level: 'warning', data: { seen: true } },
    ])
  })

  it('may say more than is kept, and hears of what is too large', async () => {
    const code = ts`
      export default function main() {
        for (let n = 0; n < 50_000; n++) ctx.progress(n)
        ctx.log(new Array(100).fill('x'.repeat(1_000)))
      }`
    const { outcome, events } = await sandbox.run(code, { language: 'typescript' })
    const message = 'a message may have at most 100000 bytes of JSON'
    expect(outcome).toMatchObject({ kind: 'failed', failure: { type: 'RangeError', message } })
    expect(events).toHaveLength(1_000)
  })

  it('has its secrets, which printing does not show', async () => {
    const code = ts`
      export default function main() { console.log(secrets); return secrets.KEY.length }`
    const secrets = { KEY: 'swordfish' }
    const outcome = await runTypeScript(sandbox, code, { secrets })
    expect(outcome).toMatchObject({ kind: 'ok', value: 9 })
    expect(JSON.stringify(outcome)).not.toContain('swordfish')
    const missing = await runTypeScript(sandbox, 'export default () => secrets.OTHER')
    expect(missing).toMatchObject({
      failure: { message: `this tool's manifest has no secret named "OTHER"` },
    })
  })

  it('imports harmless modules of Node, by either name', async () => {
    const code = ts`
      import { createHash } from 'node:crypto'
      import path, { join } from 'path'
      export default () => [createHash('sha1').update('x').digest('hex').length, path.join === join]`
    expect(await runTypeScript(sandbox, code)).toMatchObject({ value: [40, true] })
  })

  it.each([
    ['fs', 'node:fs is not available: the manifest does not name it'],
    ['lodash', 'lodash: there are no npm packages in a tool'],
    ['./other.ts', './other.ts: a tool is a single file'],
  ])('is told why it cannot import %s', async (name, message) => {
    const specifier = name === 'fs' ? 'node:fs' : name
    const expected = { type: 'ImportRefused', message: expect.stringContaining(message) as string }
    const asked = `import '${specifier}'\nexport default () => 1`
    expect(await runTypeScript(sandbox, asked)).toMatchObject({ failure: expected })
    const later = `export default () => new Function("return import('${specifier}')")()`
    expect(await runTypeScript(sandbox, later)).toMatchObject({ failure: expected })
  })

  it('is asked for arguments as `main` declares them, by name', async () => {
    const code = ts`
      export default (args: { city: string; unit?: 'c' | 'f'; near: { lat: number }[] }) => args`
    const wrong: [object, string][] = [
      [{ near: [] }, 'argument `city`: is missing'],
      [{ city: 1, near: [] }, 'argument `city`: expected string, got number'],
      [{ city: 'a', near: [{ lat: '1' }] }, 'argument `near[0].lat`: expected number, got string'],
      [{ city: 'a', near: [], unit: 'k' }, 'argument `unit`: expected one of "c", "f", got "k"'],
      [{ city: 'a', near: [], b: 1 }, 'argument `b`: `main` has no such argument'],
    ]
    for (const [input, message] of wrong) {
      expect(await readAndRun(sandbox, code, { input: { ...input } })).toMatchObject({
        failure: { type: 'InvalidArguments', message, traceback: '' },
      })
    }
  })

  it('fails with its own lines, and nothing of ours', async () => {
    const code = `type A = {\n  b: string\n}\nfunction deep(a: A): never {\n  throw new TypeError('no')\n}\nexport default async function main() {\n  deep({ b: '' })\n}`
    const outcome = await runTypeScript(sandbox, code)
    expect(outcome).toMatchObject({
      failure: {
        type: 'TypeError',
        message: 'no',
        traceback: 'TypeError: no\n    at deep (tool.ts:5:9)\n    at main (tool.ts:8:3)',
      },
    })
  })

  it('says an expected failure in one sentence', async () => {
    const code = `export default () => { throw new ToolError('no such city') }`
    expect(await runTypeScript(sandbox, code)).toMatchObject({
      failure: { type: 'ToolError', message: 'no such city', traceback: '' },
    })
  })

  it.each([
    ['NaN', 'the result.a is NaN, which JSON cannot say'],
    ['10n', 'the result.a is a bigint'],
    ['Promise.resolve()', 'the result.a is a Promise: write `await` before it'],
    ['new Map()', 'the result.a is a Map: give `Object.fromEntries(map)`'],
    ['() => 1', 'the result.a is a function, which JSON cannot say'],
  ])('is told what JSON cannot say: %s', async (value, message) => {
    expect(await runTypeScript(sandbox, `export default () => ({ a: ${value} })`)).toMatchObject({
      failure: { type: 'NotJson', message: expect.stringContaining(message) as string },
    })
  })

  it('is told when `main` is not there or can never end', async () => {
    expect(await runTypeScript(sandbox, 'export const main = 1')).toMatchObject({
      failure: { type: 'NoMain' },
    })
    const stuck = 'export default () => new Promise(() => {})'
    expect(await runTypeScript(sandbox, stuck)).toMatchObject({ failure: { type: 'NeverSettled' } })
  })

  it('fails by what it forgot to await', async () => {
    const code = `export default async () => {
      Promise.reject(new RangeError('lost'))
      await new Promise((resolve) => setTimeout(resolve, 60_000))
    }`
    expect(await runTypeScript(sandbox, code)).toMatchObject({
      failure: { type: 'RangeError', message: 'lost' },
    })
  })

  it('reaches no host that was not approved', async () => {
    const code = `export default async () => (await fetch('https://example.com/')).status`
    expect(await runTypeScript(sandbox, code)).toMatchObject({
      failure: { type: 'HttpError', message: expect.stringContaining('example.com') as string },
    })
  })
})

it('is refused where Node has gone meanwhile, and Python goes on', async () => {
  if ('unusable' in machine.engine) throw new Error(machine.engine.unusable)
  const gone = sandboxAt('S3', { engine: { ...machine.engine, executable: '/nowhere/node' } })
  expect(await runTypeScript(gone, 'export default () => 1')).toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('(engine): /nowhere/node is gone') as string,
  })
  const { outcome } = await gone.run('def main(): return 1')
  expect(outcome).toMatchObject({ kind: 'ok', value: 1 })
})

it('is refused where nothing would keep it from other programs', async () => {
  const outcome = await runTypeScript(sandboxAt('S1'), 'export default () => 1')
  expect(outcome).toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('needs Landlock') as string,
  })
})
