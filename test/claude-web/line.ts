import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { startLocalAccess, type Front, type LocalAccess } from '../access-team/local-access.ts'
import { serveWorker } from '../../scripts/edge/local-worker.ts'
import type { WorkerAuth } from '../../scripts/edge/worker-auth.ts'
import { openLoopback } from '../access-team/loopback-server.ts'
import type { OidcApp } from '../access-team/oidc-app.ts'
import { passOn } from '../access-team/pass-on.ts'
import { workerSecrets } from '../../scripts/edge/origin-process.ts'
import { buildWorker } from '../../scripts/edge/worker-bundle.ts'
import { modernClient } from '../clients.ts'
import { startStack, type Stack } from '../stack.ts'
import { ClaudeWeb } from './claude-web.ts'
import { CLIENT_DOCUMENT, CLIENT_ID_URL } from './identity.ts'
import { ScriptedPerson, type Script } from './person.ts'
import { profileNamed, type ClaudeProfile } from './profile.ts'
import { startRecordingProxy, type RecordingProxy } from './recording-proxy.ts'

export const ADA = { sub: 'ada', email: 'ada@example.com', emailVerified: true }
export const OBEDIENT: Script = { who: ADA.sub, signIn: 'goes on', consent: 'allows' }
/** Tests that are not about the limit make as many requests as they like. */
const UNLIMITED = 100_000

/** From Claude Web's side of the internet to a real origin, through the real Worker. */
export interface Line extends AsyncDisposable {
  stack: Stack
  access: LocalAccess
  /** Where clients reach it. */
  mcp: URL
  /** The Worker's own MCP address, past what stands in front of it. */
  worker: URL
  tunnel: RecordingProxy
  /** Ends workerd and starts it again where it was, with what its Durable Objects had stored. */
  restartWorker(): Promise<void>
}

/** Everything that a connector of `ADA` needs. */
export function claudeAt(
  line: Line,
  profile: ClaudeProfile = profileNamed('discovers'),
  script: Partial<Script> = {},
  callback?: string,
): { claude: ClaudeWeb; person: ScriptedPerson } {
  const person = new ScriptedPerson({ ...OBEDIENT, ...script })
  return { claude: new ClaudeWeb(line.mcp, profile, person, callback), person }
}

/** AUTH_MODE=access: Access with Managed OAuth answers at the hostname. */
export async function startAccessLine(databaseServer: string): Promise<Line> {
  await using starting = new AsyncDisposableStack()
  const access = starting.use(await startLocalAccess())
  const front = await access.protectedFront()
  return await behind(starting, databaseServer, access, front, { access })
}

/** AUTH_MODE=oauth: the Worker is the authorization server, and people sign in at Access behind it. */
export async function startOAuthLine(databaseServer: string): Promise<Line & { oidc: OidcApp }> {
  await using starting = new AsyncDisposableStack()
  const access = starting.use(await startLocalAccess())
  const front = starting.use(await startOpenFront())
  const oidc = await access.addOidcApp([new URL('/callback', front.url).href])
  const internet = new Map([[CLIENT_ID_URL, CLIENT_DOCUMENT]])
  const auth = { oidc: oidc.settings, internet }
  return Object.assign(await behind(starting, databaseServer, access, front, auth), { oidc })
}

/** A hostname with nothing in front, known before the Worker is there. */
async function startOpenFront(): Promise<Front & AsyncDisposable> {
  let worker: URL | null = null
  const server = await openLoopback((incoming, outgoing) =>
    passOn(incoming, outgoing, worker, incoming.headers),
  )
  return Object.assign(server, { aimAt: (aim: URL) => void (worker = aim) })
}

async function behind(
  starting: AsyncDisposableStack,
  databaseServer: string,
  access: LocalAccess,
  front: Front,
  auth: WorkerAuth & { internet?: ReadonlyMap<string, object> },
): Promise<Line> {
  access.people.admit(ADA)
  const stack = starting.use(await startStack({ databaseServer }))
  const origin = stack.origins[0]!
  const tunnel = starting.use(await startRecordingProxy(origin.tunnel))
  const storage = await mkdtemp(join(tmpdir(), 'mcpbox-objects-'))
  starting.defer(() => rm(storage, { recursive: true }))
  const settings = {
    ...auth,
    origin: tunnel.url,
    publicUrl: front.url,
    secrets: await workerSecrets(origin, stack.secrets['MCPBOX_DEPLOY_KEY']!),
    allowedOrigins: [],
    ratePerMinute: UNLIMITED,
    isQuiet: true,
    storage,
  }
  const bundle = starting.use(await buildWorker())
  let worker = await serveWorker(bundle, settings)
  starting.defer(() => worker[Symbol.asyncDispose]())
  front.aimAt(worker.url)
  const running = starting.move()
  return {
    stack,
    access,
    tunnel,
    mcp: new URL('/mcp', front.url),
    worker: new URL('/mcp', worker.url),
    async restartWorker() {
      await worker[Symbol.asyncDispose]()
      worker = await serveWorker(bundle, { ...settings, port: Number(worker.url.port) })
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

const Asked = z.object({ approval: z.string() })

/** Writes a tool at home and has it approved. It adds two numbers, and says so. */
export async function publishAdd(stack: Stack, server: string): Promise<string> {
  await using home = await modernClient(stack.origins[0]!.mcp)
  const code =
    'async def main(a: int, b: int = 2) -> dict[str, int]:\n    """Adds."""\n    return {"sum": a + b}\n'
  await home.call('mcpbox_create_server', { name: server })
  await home.call('mcpbox_create_tool', { server, name: 'add', code })
  const asked = await home.call('mcpbox_request_publish', { server, name: 'add' })
  await stack.approve(Asked.parse(asked.structured).approval)
  return `${server}__add`
}
