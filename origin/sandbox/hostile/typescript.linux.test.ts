import { describe, expect, it } from 'vitest'
import type { Outcome } from '#contract/sandbox.ts'
import type { Engine } from '../engine/engine.ts'
import { formableLevels, type Call, machine, sandboxAt } from '../testing/sandbox.ts'
import { runTypeScript } from '../testing/typescript.ts'

/** Everything an attacker could ask an inattentive owner to approve. */
const modules =
  'fs child_process worker_threads net dgram dns inspector process v8 vm module cluster'.split(' ')

const bare = (body: string) => `export default async function main() { ${body} }`
const using = (name: string, body: string) => `import x from 'node:${name}'\n${bare(body)}`
const reached = (made: string) =>
  `return new Promise((resolve) => { const s = ${made}; s.on('error', (e) => resolve(e.code)) })`

/** A refusal of the kernel, or of what it shows, as Node tells it. */
const NO = /EPERM|EACCES|EROFS|ETXTBSY|ENOENT|EAI_AGAIN|Operation not permitted/

function said(outcome: Outcome): string {
  if (outcome.kind === 'ok') return JSON.stringify(outcome.value)
  return outcome.kind === 'failed' ? outcome.failure.message : outcome.kind
}

/** Node without its permission model, so that only the kernel stands in the way. */
function unpermitted(engine: Engine): Engine {
  return { ...engine, options: engine.options.filter((option) => option !== '--permission') }
}

const levels = formableLevels.filter((level) => level !== 'S1')

describe.each(levels)('TypeScript at %s', { concurrent: true }, (level) => {
  const sandbox = sandboxAt(level)
  const run = (code: string, call: Call = {}) => runTypeScript(sandbox, code, { modules, ...call })

  describe('memory', { concurrent: true }, () => {
    it.each([
      ['objects', 'const all = []; for (;;) all.push({ at: Math.random() })'],
      ['buffers', 'const all = []; for (;;) all.push(Buffer.alloc(1 << 20, 1))'],
      ['array buffers', 'const all = []; for (;;) all.push(new ArrayBuffer(1 << 20).slice(0))'],
      ['promises', 'const all = []; for (;;) all.push(new Promise(() => 0))'],
      ['one array', 'return new Array(2 ** 26).fill(0).map((_, at) => ({ at })).length'],
    ])('taken by %s is out_of_memory', async (_, body) => {
      expect(await run(bare(body))).toMatchObject({ kind: 'killed', reason: 'out_of_memory' })
      expect(await run(bare('return 1'))).toMatchObject({ kind: 'ok', value: 1 })
    })

    it('cannot be executable: there is no WebAssembly', async () => {
      const code = using('v8', `x.setFlagsFromString('--no-jitless'); return typeof WebAssembly`)
      expect(await run(code)).toMatchObject({ kind: 'ok', value: 'undefined' })
    })
  })

  it.each([
    ['a loop', 'for (;;);'],
    ['microtasks', 'for (;;) await 0'],
    ['a regular expression', `return /^(a+)+$/.test('a'.repeat(64) + 'b')`],
    ['a wait', 'await new Promise((resolve) => setTimeout(resolve, 60_000))'],
  ])('%s without end is timed_out', async (_, body) => {
    const outcome = await run(bare(body), { limits: { timeout_ms: 500 } })
    expect(outcome).toMatchObject({ kind: 'timed_out' })
  })

  it('a short text that takes years to read costs no more than the time of its call', async () => {
    const code = `${bare('return 1')}\n${'<a>('.repeat(40)}b${')'.repeat(40)}`
    expect(await run(code, { limits: { timeout_ms: 200 } })).toMatchObject({ kind: 'timed_out' })
    const leaving = new AbortController()
    const left = run(code, { signal: leaving.signal })
    leaving.abort()
    expect(await left).toMatchObject({ kind: 'killed', reason: 'cancelled' })
    expect(await run(code)).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('breaks its reader') as string,
    })
  })

  it('processor time has a limit', async () => {
    const outcome = await run(bare('for (;;);'), { limits: { cpu_s: 1 } })
    expect(outcome).toMatchObject({ kind: 'killed', reason: 'cpu_limit' })
  })

  it.each([
    ['printing', `for (;;) console.log('x'.repeat(10_000))`],
    ['logging', `for (;;) ctx.log('x'.repeat(10_000))`],
  ])('%s without end is output_flood', async (_, body) => {
    expect(await run(bare(body))).toMatchObject({ kind: 'killed', reason: 'output_flood' })
  })

  it.each([
    ['long text', `return 'x'.repeat(2_000_000)`],
    ['many small values', 'return new Array(2_000_000).fill(0)'],
    ['one value, many times', 'let v = [1]; for (let n = 0; n < 60; n++) v = [v, v]; return v'],
  ])('%s is result_too_large', async (_, body) => {
    expect(await run(bare(body))).toMatchObject({ kind: 'killed', reason: 'result_too_large' })
  })

  it.each([
    ['nests', 'let v = []; for (let n = 0; n < 1e5; n++) v = [v]; return v', 'nests deeper'],
    ['contains itself', 'const v = {}; v.v = v; return v', 'contains itself'],
    ['throws when it is read', `return { get a() { throw new Error('boo') } }`, 'boo'],
    ['throws in toJSON', `return { toJSON() { throw new Error('boo') } }`, 'boo'],
    [
      'is a revoked proxy',
      `const p = Proxy.revocable({}, {}); p.revoke(); return p.proxy`,
      'proxy',
    ],
  ])('a result that %s is a failure', async (_, body, message) => {
    expect(await run(bare(body))).toMatchObject({
      failure: { message: expect.stringContaining(message) as string },
    })
  })

  it.each([
    'throw null',
    'throw { toString() { throw 1 } }',
    `throw new Proxy(new Error(), { get() { throw 1 } })`,
    `throw Object.defineProperty(new Error('x'), 'stack', { get() { throw 1 } })`,
  ])('what cannot be described is a failure all the same: %s', async (body) => {
    expect(await run(bare(body))).toMatchObject({ kind: 'failed' })
  })

  it('broken prototypes break the tool only', async () => {
    const body = `
      Object.prototype.type = 'progress'
      Object.prototype.toJSON = Array.prototype.toJSON = () => 'forged'
      JSON.stringify = JSON.parse = () => 'forged'
      throw new Error('mine')`
    expect(await run(bare(body))).toMatchObject({ kind: 'failed', failure: { message: 'mine' } })
    expect(await run(bare('return [1]'))).toMatchObject({ kind: 'ok', value: [1] })
  })

  it('garbage on the channel ends the call', async () => {
    const code = using('fs', `x.writeSync(3, Buffer.from([0, 0, 0, 1, 120])); for (;;);`)
    expect(await run(code)).toMatchObject({ kind: 'killed', reason: 'crashed' })
  })

  it('leaving without an answer is a crash', async () => {
    expect(await run(using('process', 'x.exit(0)'))).toMatchObject({ reason: 'crashed' })
    expect(await run(using('process', 'x.abort()'))).toMatchObject({ reason: 'crashed' })
  })

  it('finds no handle of the runner in the global scope', async () => {
    const body = `return ['process', 'require', 'module', 'WebAssembly', 'WebSocket'].filter((name) => name in globalThis)`
    expect(await run(bare(body))).toMatchObject({ kind: 'ok', value: [] })
  })

  it.each([
    ['fs', `return x.readFileSync('/etc/passwd', 'utf8')`],
    ['child_process', `return x.execSync('id').toString()`],
    ['worker_threads', `return new x.Worker('1', { eval: true }).threadId`],
    ['inspector', 'x.open(9999); return x.url()'],
    ['process', `return x.binding('spawn_sync').spawn`],
    ['process', `x.dlopen({ exports: {} }, '/lib/x.so')`],
    ['process', `x.execve(x.execPath, ['node', '-e', '1'], {})`],
    ['v8', `return x.writeHeapSnapshot('/tmp/heap')`],
    ['module', `return x.createRequire('/')('node:fs').readdirSync('/')`],
  ])('the permission model refuses early: %s, %s', async (name, body) => {
    expect(await run(using(name, body))).toMatchObject({
      failure: { message: expect.stringMatching(/restricted|process.binding|disabled/) as string },
    })
  })
})

describe.each(levels)('Node without its permission model at %s', { concurrent: true }, (level) => {
  if ('unusable' in machine.engine) throw new Error(machine.engine.unusable)
  const sandbox = sandboxAt(level, { engine: unpermitted(machine.engine) })
  const run = (code: string) => runTypeScript(sandbox, code, { modules })

  it.each([
    ['read a file of the host', 'fs', `return x.readFileSync('/etc/passwd', 'utf8')`],
    ['list the root', 'fs', `return x.readdirSync('/')`],
    ['read its environment', 'fs', `return x.readFileSync('/proc/self/environ', 'utf8')`],
    ['write into its own program', 'fs', `x.openSync(process.execPath, 'r+')`],
    ['write beside it', 'fs', `x.writeFileSync('/etc/mcpbox', '')`],
    ['start a shell', 'child_process', `x.execFileSync('/bin/sh', ['-c', 'id'])`],
    ['start itself', 'child_process', `x.execFileSync(process.execPath, ['-v'])`],
    ['connect over TCP', 'net', reached(`x.connect(80, '1.1.1.1')`)],
    ['connect to this machine', 'net', reached(`x.connect(5432, '127.0.0.1')`)],
    ['connect to a unix socket', 'net', reached(`x.connect('/tmp/door')`)],
    ['listen', 'net', reached(`x.createServer().listen(0)`)],
    ['send a datagram', 'dgram', reached(`x.createSocket('udp4').bind(0)`)],
    ['ask a name server', 'dns', `await x.promises.lookup('example.com')`],
    ['signal its parent', 'process', 'x.kill(x.ppid, 0)'],
    ['signal everybody', 'process', 'x.kill(-1, 9)'],
    ['become root', 'process', 'x.setuid(0)'],
  ])('cannot %s', async (_, name, body) => {
    const code = using(name, body).replaceAll(
      'process.execPath',
      `(await import('node:process')).execPath`,
    )
    expect(said(await run(code))).toMatch(NO)
  })

  it('cannot become another program: Node gives up where the kernel refuses', async () => {
    const outcome = await run(using('process', `x.execve('/bin/true', ['true'], {})`))
    expect(outcome).toMatchObject({
      kind: 'killed',
      message: expect.stringContaining('signal') as string,
    })
  })
})
