import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { access } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { SandboxHealth, RunEvent } from '#contract/sandbox.ts'
import { USUAL_LIMITS } from './levels/prove.ts'
import { orphans } from './testing/orphans.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
const SANDBOX_API_KEY = 'k'.repeat(32)
const ORDINARY_USER = 1000
const LOOP = 'def main():\n  ctx.log("here")\n  while True: pass'

/** Starts the sandbox as a process and kills it in the end, whatever it did. */
async function startProcess(env: NodeJS.ProcessEnv, uid?: number) {
  const ids = uid === undefined ? {} : { uid, gid: uid }
  const given = { PATH: process.env['PATH'], SANDBOX_API_KEY, SANDBOX_PORT: '0', ...env }
  const child = spawn(process.execPath, [MAIN], { ...ids, env: given, cwd: '/', stdio: 'pipe' })
  const exited = once(child, 'exit')
  const said: string[] = []
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  const first = await Promise.race([firstLine(child), exited.then(() => null)])
  const port = first === null ? 0 : (JSON.parse(first) as { port: number }).port
  return {
    child,
    exited,
    first,
    complaint: () => said.join(''),
    ask: (path: string, init: RequestInit = {}) =>
      fetch(`http://127.0.0.1:${port}${path}`, {
        ...init,
        headers: { 'x-api-key': SANDBOX_API_KEY, 'content-type': 'application/json' },
      }),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await exited
    },
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string]
  return line
}

/** An order for the boot that answers now. */
async function order(sandbox: { ask: (path: string) => Promise<Response> }, code: string) {
  const { boot_id } = SandboxHealth.parse(await (await sandbox.ask('/health')).json())
  const version = {
    hash: 'h',
    language: 'python',
    code,
    manifest: { hosts: [], modules: [], secrets: [] },
  }
  const run = { run_id: 'a', version, input: {}, secrets: {}, limits: USUAL_LIMITS }
  return { method: 'POST', body: JSON.stringify({ boot_id, run }) }
}

async function events(response: Response): Promise<RunEvent[]> {
  const lines = (await response.text()).trim().split('\n')
  return lines.map((line) => RunEvent.parse(JSON.parse(line)))
}

/** Reads until the tool has spoken once, then leaves. */
async function untilItRuns(response: Response): Promise<void> {
  const reader = response.body!.getReader()
  await reader.read()
  await reader.cancel()
}

const canOrdinaryUserRead = await access(MAIN).then(
  () => process.getuid?.() === 0 && !MAIN.startsWith('/root/'),
)

describe('the sandbox as a process', () => {
  it.each([
    [{ SANDBOX_API_KEY: 'short' }, 'SANDBOX_API_KEY is too short'],
    [{ MCPBOX_PYTHON: '/nowhere/python3' }, '/nowhere/python3 does not exist; install Python 3.11'],
    [{ MCPBOX_PYTHON: '/bin/true' }, '/bin/true does not start'],
  ])('refuses to start with %o and says why', async (env, sentence) => {
    await using sandbox = await startProcess(env)
    expect(await sandbox.exited).toEqual([1, null])
    expect(sandbox.first).toBeNull()
    expect(sandbox.complaint()).toContain(sentence)
    expect(sandbox.complaint()).not.toContain('    at ')
  })

  it.each([
    { user: 'the user of the tests', uid: undefined },
    ...(canOrdinaryUserRead ? [{ user: 'an ordinary user', uid: ORDINARY_USER }] : []),
  ])('runs a tool as $user and says how it is isolated', async ({ uid }) => {
    await using sandbox = await startProcess({}, uid)
    const health = SandboxHealth.parse(await (await sandbox.ask('/health')).json())
    expect(JSON.parse(sandbox.first!)).toMatchObject({ isolation: health.isolation })
    const [ended] = await events(
      await sandbox.ask('/runs', await order(sandbox, 'def main(): return 1')),
    )
    expect(ended).toMatchObject({ outcome: { kind: 'ok', value: 1, isolation: health.isolation } })
  })

  it('keeps a run whose reader has gone, attaches the next one, and ends it when told', async () => {
    await using sandbox = await startProcess({})
    await untilItRuns(await sandbox.ask('/runs', await order(sandbox, LOOP)))
    const again = sandbox.ask('/runs', await order(sandbox, LOOP))
    expect(await (await sandbox.ask('/health')).json()).toMatchObject({ running: 1 })
    expect((await sandbox.ask('/runs/a', { method: 'DELETE' })).status).toBe(204)
    expect(await events(await again)).toMatchObject([
      { type: 'log', seq: 1, data: 'here' },
      { type: 'outcome', seq: 2, outcome: { kind: 'killed', reason: 'cancelled' } },
    ])
    expect(await events(await sandbox.ask('/runs/a/events?after=1'))).toMatchObject([{ seq: 2 }])
  })

  it.each([
    ['asked to stop', (child: ChildProcess) => child.kill('SIGTERM')],
    ['left by its parent', (child: ChildProcess) => child.stdin!.end()],
    ['killed', (child: ChildProcess) => child.kill('SIGKILL')],
  ])('leaves nobody behind when it is %s', async (_, end) => {
    await using sandbox = await startProcess({ SANDBOX_EXIT_WITH_PARENT: '1' })
    await untilItRuns(await sandbox.ask('/runs', await order(sandbox, LOOP)))
    end(sandbox.child)
    await sandbox.exited
    await expect.poll(orphans).toEqual([])
  })
})
