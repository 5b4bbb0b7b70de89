import { EMPTY_MANIFEST } from '#contract/manifest.ts'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { RunEvent, SANDBOX_KEY_HEADER, SandboxHealth } from '#contract/sandbox.ts'
import { ModuleName } from '#contract/names.ts'
import { USUAL_LIMITS } from '../levels/prove.ts'

export const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
const SANDBOX_API_KEY = 'k'.repeat(32)

/** `through` is a command that becomes the one in its last arguments, as env(1) does. */
export type Start = { uid?: number; through?: readonly string[] }

/** The sandbox as a process of its own. Disposal kills it, whatever it did. */
export type SandboxProcess = Awaited<ReturnType<typeof startProcess>>

export async function startProcess(env: NodeJS.ProcessEnv, { uid, through = [] }: Start = {}) {
  const ids = uid === undefined ? {} : { uid, gid: uid }
  const given = { PATH: process.env['PATH'], SANDBOX_API_KEY, SANDBOX_PORT: '0', ...env }
  const [command, ...args] = [...through, process.execPath, MAIN]
  const child = spawn(command, args, { ...ids, env: given, cwd: '/', stdio: 'pipe' })
  const exited = once(child, 'exit')
  const said: string[] = []
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  const first = await Promise.race([firstLine(child.stdout), exited.then(() => null)])
  const port = first === null ? 0 : (JSON.parse(first) as { port: number }).port
  return {
    child,
    exited,
    first,
    complaint: () => said.join(''),
    ask: (path: string, init: RequestInit = {}) =>
      fetch(`http://127.0.0.1:${port}${path}`, {
        ...init,
        headers: { [SANDBOX_KEY_HEADER]: SANDBOX_API_KEY, 'content-type': 'application/json' },
      }),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await exited
    },
  }
}

async function firstLine(input: Readable): Promise<string> {
  const [line] = (await once(createInterface({ input }), 'line')) as [string]
  return line
}

type Asked = { ask: (path: string) => Promise<Response> }

export async function healthOf(sandbox: Asked): Promise<SandboxHealth> {
  return SandboxHealth.parse(await (await sandbox.ask('/health')).json())
}

/** An order for the boot that answers now. */
export async function order(
  sandbox: Asked,
  code: string,
  { id = 'a', modules = [] }: { id?: string; modules?: string[] } = {},
) {
  const { boot_id } = await healthOf(sandbox)
  const names = modules.map((name) => ModuleName.parse(name))
  const manifest = { ...EMPTY_MANIFEST, modules: names }
  const version = { hash: 'h', language: 'python', code, manifest, module_lock: null }
  const run = {
    run_id: id,
    version,
    input: {},
    secrets: {},
    bound_secrets: [],
    withdrawals: [],
    answered_by: 'network',
    limits: USUAL_LIMITS,
  }
  return { method: 'POST', body: JSON.stringify({ boot_id, run }) }
}

export async function events(response: Response): Promise<RunEvent[]> {
  const lines = (await response.text()).trim().split('\n')
  return lines.map((line) => RunEvent.parse(JSON.parse(line)))
}
