import { z } from 'zod'
import { startLocalAccess, type LocalAccess } from '../../scripts/edge/local-access.ts'
import { serveWorker } from '../../scripts/edge/local-worker.ts'
import { openLoopback } from '../../scripts/edge/access/loopback-server.ts'
import type { OidcApp } from '../../scripts/edge/access/oidc-app.ts'
import { passOn } from '../../scripts/edge/access/pass-on.ts'
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
  access.people.admit(ADA)
  const front = await access.protectedFront()
  const { stack, tunnel, common } = await behind(starting, databaseServer, front.url)
  const bundle = starting.use(await buildWorker())
  const worker = starting.use(await serveWorker(bundle, { ...common, access }))
  front.aimAt(worker.url)
  return line(starting, { stack, access, tunnel, front: front.url, worker: worker.url })
}

/** AUTH_MODE=oauth: the Worker is the authorization server, and people sign in at Access behind it. */
export async function startOAuthLine(databaseServer: string): Promise<Line & { oidc: OidcApp }> {
  await using starting = new AsyncDisposableStack()
  const access = starting.use(await startLocalAccess())
  access.people.admit(ADA)
  let aim: URL | null = null
  const front = starting.use(
    await openLoopback((incoming, outgoing) => passOn(incoming, outgoing, aim, incoming.headers)),
  )
  const oidc = await access.addOidcApp([new URL('/callback', front.url).href])
  const { stack, tunnel, common } = await behind(starting, databaseServer, front.url)
  const internet = new Map([[CLIENT_ID_URL, CLIENT_DOCUMENT]])
  const bundle = starting.use(await buildWorker())
  const worker = starting.use(
    await serveWorker(bundle, { ...common, oidc: oidc.settings, internet }),
  )
  aim = worker.url
  const started = line(starting, { stack, access, tunnel, front: front.url, worker: worker.url })
  return Object.assign(started, { oidc })
}

async function behind(starting: AsyncDisposableStack, databaseServer: string, publicUrl: URL) {
  const stack = starting.use(await startStack({ databaseServer }))
  const origin = stack.origins[0]!
  const tunnel = starting.use(await startRecordingProxy(origin.tunnel))
  const secrets = await workerSecrets(origin, stack.secrets['MCPBOX_DEPLOY_KEY']!)
  const common = {
    origin: tunnel.url,
    publicUrl,
    secrets,
    allowedOrigins: [],
    ratePerMinute: UNLIMITED,
  }
  return { stack, tunnel, common }
}

function line(
  starting: AsyncDisposableStack,
  parts: Pick<Line, 'stack' | 'access' | 'tunnel'> & { front: URL; worker: URL },
): Line {
  const { front, worker, ...rest } = parts
  const running = starting.move()
  return {
    ...rest,
    mcp: new URL('/mcp', front),
    worker: new URL('/mcp', worker),
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
