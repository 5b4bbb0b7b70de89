import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { WorkerSecrets } from '#contract/admin-api.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const entry = fileURLToPath(new URL('../../origin/src/main.ts', import.meta.url))

/** An origin in a process of its own. Disposing it asks it to stop; `kill` does not ask. */
export interface OriginProcess extends AsyncDisposable {
  /** What it printed: addresses and the set-up link. */
  welcome: string
  mcp: URL
  admin: URL
  tunnel: URL
  /** The one-time token of the set-up link; null once there is an admin. */
  setupToken: string | null
  kill(): Promise<void>
}

/**
 * Starts an origin with these settings over the ones of this process.
 * @throws with its own words when it does not start.
 */
export async function startOriginProcess(settings: Record<string, string>): Promise<OriginProcess> {
  const child = spawn(process.execPath, [entry], {
    cwd: root,
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit')
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-20_000)
    if (settings['LOG_LEVEL'] !== 'silent') process.stderr.write(chunk)
  })
  let welcome = ''
  await Promise.race([
    (async () => {
      for await (const line of createInterface({ input: child.stdout })) {
        welcome += `${line}\n`
        if (line.startsWith('  Database')) return
      }
    })(),
    exited.then(() => Promise.reject(new Error(errors))),
  ])
  const address = (label: string) =>
    new URL(new RegExp(`${label} +(http\\S+)`).exec(welcome)?.[1] ?? '')
  return {
    welcome,
    mcp: address('MCP address'),
    admin: address('Admin address'),
    tunnel: address('Tunnel door'),
    setupToken: /setup\?token=(\S+)/.exec(welcome)?.[1] ?? null,
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await exited
    },
  }
}

/** What the Worker must hold to be let in at the tunnel door. */
export async function workerSecrets(origin: OriginProcess, deployKey: string) {
  const response = await fetch(new URL('/internal/worker-secrets', origin.admin), {
    headers: { authorization: `Bearer ${deployKey}` },
  })
  if (!response.ok)
    throw new Error(`the origin answered ${response.status}: ${await response.text()}`)
  return WorkerSecrets.parse(await response.json())
}
