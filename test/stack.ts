import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSandbox, type SandboxChild } from '../origin/src/sandbox-client/child.ts'
import { signInAt, type AdminClient } from '../scripts/cli/admin-client.ts'
import { startLocalAccess, type Identity, type LocalAccess } from './access-team/local-access.ts'
import { serveWorker } from '../scripts/edge/local-worker.ts'
import {
  startOriginProcess,
  workerSecrets,
  type OriginProcess,
} from '../scripts/edge/origin-process.ts'
import { buildWorker } from '../scripts/edge/worker-bundle.ts'
import { freshDatabase } from './postgres-server.ts'
import { startTunnel, type Tunnel } from './tunnel/tunnel.ts'

export const ADMIN = { username: 'boss', password: 'correct horse battery staple' }

/** Origins in processes of their own, with one database and one sandbox, and an admin. */
export interface Stack extends AsyncDisposable {
  origins: OriginProcess[]
  admin: AdminClient
  /** Approves what waits under this id, as it was shown. */
  approve(approvalId: string): Promise<void>
  /** GETs a path of the admin door as the admin. */
  read(path: string): Promise<unknown>
  /** Kills an origin and starts it again where it was. */
  restartOrigin(n: number): Promise<void>
  /** Stops the sandbox of an external database's origins. */
  stopSandbox(): Promise<void>
  /** Stops it and starts another where it was. */
  restartSandbox(): Promise<void>
  /** Stops that sandbox where it is, so that no call ends, until what this gives is disposed of. */
  pauseSandbox(): Disposable
}

/** The Worker in workerd before a stack. */
export interface Edge extends AsyncDisposable {
  access: LocalAccess
  worker: URL
  tunnel: Tunnel
  /** Address at which requests reach the Worker signed in as `PERSON`. */
  signedIn: URL
  /** The same for somebody else. */
  signedInAs(identity: Identity): Promise<URL>
  /** Ends workerd and starts it again where it was, with what its Durable Objects had stored. */
  restartWorker(): Promise<void>
  /** Drops its Durable Objects from memory, in the middle of what they do. */
  resetObjects(): Promise<void>
}

/**
 * @param databaseServer url of a PostgreSQL; left out, one origin runs on the embedded database
 * @param env settings of the origin, and of the sandbox that it starts
 */
export async function startStack(
  options: { databaseServer?: string; origins?: number; env?: Record<string, string> } = {},
): Promise<Stack & { secrets: Record<string, string> }> {
  await using starting = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'mcpbox-stack-'))
  starting.defer(() => rm(folder, { recursive: true }))
  const key = () => randomBytes(32).toString('hex')
  const secrets = {
    MCPBOX_ENCRYPTION_KEY: key(),
    SANDBOX_API_KEY: key(),
    MCPBOX_DEPLOY_KEY: key(),
  }
  const settings: Record<string, string> = {
    ...secrets,
    MCPBOX_DATA: folder,
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'error',
    MCPBOX_PORT: '0',
    MCPBOX_ADMIN_PORT: '0',
    MCPBOX_TUNNEL_PORT: '0',
    SANDBOX_PORT: '0',
    // What is tested here asks more than people do.
    RATE_LIMIT_REQUESTS_PER_MINUTE: '1000000',
    ...options.env,
  }
  let sandbox: SandboxChild | null = null
  let sandboxProcess: ChildProcess | null = null
  const remember = (message: unknown) => {
    sandboxProcess = (message as { process: ChildProcess }).process
  }
  async function sandboxAt(port: number): Promise<SandboxChild> {
    subscribe('child_process', remember)
    const starting = startSandbox({
      port,
      apiKey: secrets.SANDBOX_API_KEY,
      env: process.env,
      onFault: (fault) => console.error(fault),
    })
    unsubscribe('child_process', remember)
    return starting
  }
  if (options.databaseServer !== undefined) {
    settings['DATABASE_URL'] = starting.use(await freshDatabase(options.databaseServer)).url
    sandbox = await sandboxAt(0)
    starting.defer(() => sandbox?.[Symbol.asyncDispose]())
    settings['SANDBOX_URL'] = sandbox.url
  }
  const origins: OriginProcess[] = []
  for (let n = 0; n < (options.origins ?? 1); n++)
    origins.push(starting.use(await startOriginProcess(settings)))
  const [first] = origins
  if (first?.setupToken == null) throw new Error('the first origin offers no set-up')

  await post(new URL('/auth/setup', first.admin), { setup_token: first.setupToken, ...ADMIN })
  const admin = await signInAt(first.admin.href, ADMIN)
  const { access_token: bearer } = (await post(new URL('/auth/login', first.admin), ADMIN)) as {
    access_token: string
  }
  const running = starting.move()
  return {
    origins,
    admin,
    secrets,
    async approve(approvalId) {
      const { hash } = await admin.approval(approvalId)
      await admin.decide(approvalId, { hash, decision: 'approve', reason: null })
    },
    async read(path) {
      const response = await fetch(new URL(path, first.admin), {
        headers: { authorization: `Bearer ${bearer}` },
      })
      return response.json()
    },
    async restartOrigin(n) {
      const origin = origins[n]
      if (origin === undefined) throw new Error(`there is no origin ${n}`)
      await origin.kill()
      const ports = {
        MCPBOX_PORT: origin.mcp.port,
        MCPBOX_ADMIN_PORT: origin.admin.port,
        MCPBOX_TUNNEL_PORT: origin.tunnel.port,
      }
      origins[n] = running.use(await startOriginProcess({ ...settings, ...ports }))
    },
    async stopSandbox() {
      if (sandbox === null) throw new Error('the origin has a sandbox of its own')
      await sandbox[Symbol.asyncDispose]()
    },
    async restartSandbox() {
      if (sandbox === null) throw new Error('the origin has a sandbox of its own')
      await sandbox[Symbol.asyncDispose]()
      sandbox = await sandboxAt(Number(new URL(sandbox.url).port))
    },
    pauseSandbox() {
      const paused = sandboxProcess
      if (paused === null) throw new Error('the origin has a sandbox of its own')
      paused.kill('SIGSTOP')
      return { [Symbol.dispose]: () => void paused.kill('SIGCONT') }
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

export const PERSON = { email: 'ada@example.com', sub: 'ada' }

/** Puts the real Worker bundle, in workerd, before the origins of a stack. */
export async function startEdge(
  stack: Awaited<ReturnType<typeof startStack>>,
  identity: Identity = PERSON,
): Promise<Edge> {
  await using starting = new AsyncDisposableStack()
  const [first] = stack.origins
  if (first === undefined) throw new Error('the stack has no origin')
  const access = starting.use(await startLocalAccess())
  const tunnel = starting.use(await startTunnel(stack.origins.map((origin) => origin.tunnel)))
  const signedIn = await access.front(identity)
  const bundle = starting.use(await buildWorker())
  const storage = await mkdtemp(join(tmpdir(), 'mcpbox-objects-'))
  starting.defer(() => rm(storage, { recursive: true }))
  const secrets = await workerSecrets(first, stack.secrets['MCPBOX_DEPLOY_KEY'] ?? '')
  const publicUrl = signedIn.url
  const settings = {
    access,
    origin: tunnel.url,
    publicUrl,
    allowedOrigins: [publicUrl.origin],
    // What is tested here asks more than people do.
    ratePerMinute: 100_000,
    isQuiet: true,
    secrets,
    storage,
  }
  const workerAt = (port: number) => serveWorker(bundle, { ...settings, port })
  let worker = await workerAt(0)
  starting.defer(() => worker[Symbol.asyncDispose]())
  signedIn.aimAt(worker.url)
  const running = starting.move()
  return {
    access,
    tunnel,
    worker: worker.url,
    signedIn: signedIn.url,
    async signedInAs(other) {
      const front = await access.front(other)
      front.aimAt(worker.url)
      return front.url
    },
    async restartWorker() {
      await worker[Symbol.asyncDispose]()
      worker = await workerAt(Number(worker.url.port))
    },
    resetObjects: () => worker.resetObjects(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

async function post(url: URL, body: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${url.pathname}: ${await response.text()}`)
  return response.json()
}
