import { afterAll, describe, expect, it } from 'vitest'
import type { Language } from '#contract/sandbox.ts'
import { runTool } from '../egress/testing/confined.ts'
import { echo } from '../egress/testing/sites.ts'
import { world } from '../egress/testing/world.ts'
import { strongest } from '../testing/sandbox.ts'
import { analyzeConfined } from './analyze.ts'

const analyze = analyzeConfined(strongest.forkServer)
const read = (language: Language, code: string) =>
  analyze({ language, code }, new AbortController().signal)
const net = await world({ 'api.example': echo, 'hidden.example': echo })
afterAll(() => net[Symbol.asyncDispose]())

describe('a host that is hidden from the reading meets the broker all the same', () => {
  it.each([
    ['spelled backwards', "url = 'elpmaxe.neddih//:ptth'[::-1]"],
    [
      'in base64',
      "import base64\n    url = base64.b64decode('aHR0cDovL2hpZGRlbi5leGFtcGxl').decode()",
    ],
    [
      'in numbers',
      'url = bytes([104,116,116,112,58,47,47,104,105,100,100,101,110,46,101,120,97,109,112,108,101]).decode()',
    ],
    [
      'behind a host that looks approved',
      "url = 'http://api.example' + str(chr(64)) + 'hidden.example/'",
    ],
    [
      'behind a default that is never taken',
      "url = (None or 'http://api.example').replace('api', 'hidden')",
    ],
  ])('%s', async (_what, made) => {
    const code = `def main():\n    ${made}\n    return http.sync.get(url).status_code`
    const analysis = await read('python', code)
    expect(JSON.stringify(analysis)).not.toContain('hidden')
    expect(await runTool(strongest.forkServer, net.network, code)).toMatchObject({ kind: 'failed' })
    expect(net.asked).not.toContain('hidden.example')
  })

  it('where the text shadows what sends', async () => {
    const code = `def main():\n    send = [http.sync][0]\n    return send.get('http://' + chr(104) + 'idden.example').status_code`
    expect(await read('python', code)).toMatchObject({ uses: { hosts: [] } })
    expect(await runTool(strongest.forkServer, net.network, code)).toMatchObject({ kind: 'failed' })
    expect(net.asked).not.toContain('hidden.example')
  })
})

const MAIN = 'def main(): pass\n'
const EXPORT = 'export default () => 1\n'

describe('code that is made to be read without end is read to one', { concurrent: true }, () => {
  it.each([
    [
      'names that double each other',
      `${MAIN}a0='https://x'\n${range(1_500, (n) => `a${n + 1}=a${n}+a${n}\n`)}http.get(a1500)`,
    ],
    [
      'a name with many meanings',
      `${MAIN}${range(4_000, (n) => `u='${n}'\n`)}${'http.get(u+u+u+u+u+u)\n'.repeat(400)}`,
    ],
    [
      'many calls of many functions',
      MAIN + 'def f(): pass\n'.repeat(2_500) + 'f()\n'.repeat(5_000),
    ],
    [
      'a table that is too large',
      `${MAIN}d={${range(2_000, (n) => `${n}:'https://h${n}.example',`)}}\n${'http.get(d[q])\n'.repeat(400)}`,
    ],
  ])('%s', async (_what, code) => {
    expect(await read('python', code)).toMatchObject({
      valid: true,
      uses: {
        unseen: expect.arrayContaining([
          { kind: 'too_much', line: expect.any(Number), hint: null },
        ]),
      },
    })
  })

  it.each([
    ['a name that is itself', `${MAIN}a=b\nb=a\nhttp.get(a)`],
    ['a function that calls itself', `${MAIN}def f(x): return f(x)\nhttp.get(f(1))`],
    ['a sum without end', `${MAIN}http.get(${'"a"+'.repeat(1_000)}"a")`],
    ['a text without end', `${MAIN}http.get("${'x'.repeat(90_000)}")`],
    ['a number without end', `${MAIN}http.get("https://h.example:" + str(${'9'.repeat(4_000)}))`],
    ['brackets', `${MAIN}http.get(${'['.repeat(90)}${']'.repeat(90)})`],
    [
      'a host that is none',
      `${MAIN}http.get("https://${'a.'.repeat(900)}example/")\nhttp.get("https://\\ud800/")`,
    ],
  ])('%s', async (_what, code) => {
    expect(await read('python', code)).toMatchObject({ valid: true })
  })

  it.each([
    [
      'names that double each other',
      `${EXPORT}const a0='x';${range(1_500, (n) => `const a${n + 1}=a${n}+a${n};`)}fetch(a1500)`,
    ],
    [
      'a name with many meanings',
      `${EXPORT}let u='x';${range(4_000, (n) => `u='${n}';`)}${'fetch(u+u+u+u+u+u);'.repeat(400)}`,
    ],
    ['a name that is itself', `${EXPORT}var a=b, b=a;fetch(a)`],
    ['a name like those of every object', `${EXPORT}fetch(constructor + __proto__ + toString)`],
  ])('%s in TypeScript', async (_what, code) => {
    expect(await read('typescript', code)).toMatchObject({ valid: true })
  })
})

it('more than can be listed is cut, and that is said', async () => {
  const many = range(70, (n) => `http.get('https://h${n}.example/')\n`)
  const cut = { unseen: [{ kind: 'too_much', line: expect.any(Number), hint: null }] }
  const analysis = await read('python', MAIN + many)
  expect(analysis).toMatchObject({ uses: cut })
  expect(analysis.valid && analysis.uses.hosts).toHaveLength(60)
  const fetched = range(70, (n) => `fetch('https://h${n}.example/')\n`)
  expect(await read('typescript', EXPORT + fetched)).toMatchObject({ uses: cut })
})

it('a module in letters that no manifest has is not passed over', async () => {
  expect(await read('python', `import \u043ejson\n${MAIN}`)).toMatchObject({
    uses: { packages: [], unseen: [{ kind: 'module' }] },
  })
})

it('reading runs nothing of the code', async () => {
  const code = `raise SystemExit(1)\nwhile True: pass\n${MAIN}`
  expect(await read('python', code)).toMatchObject({ valid: true })
  const forever = `${EXPORT}for (;;) fetch('https://api.example')`
  expect(await read('typescript', forever)).toMatchObject({ uses: { hosts: ['api.example'] } })
})

function range(count: number, line: (at: number) => string): string {
  return Array.from({ length: count }, (_, at) => line(at)).join('')
}
