import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readKeyRing } from '../../../origin/src/domain/tunnel-keys/rotate.ts'
import { listen } from '../../../origin/src/listen.ts'
import { DEPLOY_KEY, openAdmin } from '../../../origin/src/testing/admin.ts'
import { openMemory } from '../../../origin/src/testing/databases.ts'
import { ScriptedSandbox } from '../../../origin/src/testing/scripted-sandbox.ts'
import { openTunnel, send } from '../../../origin/src/testing/tunnel.ts'
import { deployWorker } from '../deploy.ts'
import { originClient } from '../origin-client.ts'
import { wranglerIn, type Bundle, type Wrangler, type WranglerOptions } from '../worker/wrangler.ts'
import { API_TOKEN, startFakeCloudflare, type FakeCloudflare } from './fake-cloudflare.ts'
import { startStandInWorker, type StandInWorker } from './stand-in-worker.ts'

export const EMAIL = 'ada@example.com'

export interface Outcome {
  said: string
  /** Why it stopped; null when all went well. */
  failure: string | null
}

interface Around {
  /** What the person types, one after the other; left out, there is nobody. */
  answers?: string[]
  /** What happens before an answer is typed. */
  meanwhile?: () => Promise<unknown>
  env?: NodeJS.ProcessEnv
  /** What happens while the script waits. */
  pause?: (ms: number) => Promise<void>
}

let bundle: Promise<Bundle> | null = null

/** The real wrangler; what all runs of a test file build alike is built once. */
const sharingBundle = (options: WranglerOptions): Wrangler => {
  const wrangler = wranglerIn(options)
  return { ...wrangler, bundle: () => (bundle ??= wrangler.bundle()) }
}

/** The script with everything around it: an origin with a database, a Cloudflare, a Worker. */
export interface DeploymentLine extends AsyncDisposable {
  cloudflare: FakeCloudflare
  worker: StandInWorker
  folder: string
  origin: ReturnType<typeof originClient>
  /** What the origin logged. */
  log(): string
  /** Asks the tunnel door with the secrets that the Worker's upload holds, or these. */
  ping(pair?: { service_token: string; assertion_key: string }): Promise<number>
  /** Runs the script. */
  run(args?: string[], around?: Around): Promise<Outcome>
}

export async function startDeployment(): Promise<DeploymentLine> {
  await using starting = new AsyncDisposableStack()
  const opened = starting.use(await openMemory())
  const admin = starting.use(openAdmin(opened))
  const read = () => readKeyRing(opened.stores.settings)
  await read()
  const tunnel = starting.use(openTunnel(opened, new ScriptedSandbox(), read))
  const adminDoor = starting.use(await listen(admin.door, '127.0.0.1', 0))
  const tunnelDoor = starting.use(await listen(tunnel.door, '127.0.0.1', 0))
  const cloudflare = starting.use(await startFakeCloudflare())
  const worker = starting.use(
    await startStandInWorker(cloudflare.store, 'mcpbox', () => `127.0.0.1:${tunnelDoor.port}`),
  )
  const home = await mkdtemp(join(tmpdir(), 'mcpbox-deploy-'))
  starting.defer(() => rm(home, { recursive: true }))
  const folder = join(home, '.mcpbox')
  const url = `http://127.0.0.1:${adminDoor.port}`
  const running = starting.move()
  return {
    cloudflare,
    worker,
    folder,
    origin: originClient(url, DEPLOY_KEY),
    log: () => [...admin.lines, ...tunnel.lines].join('\n'),
    async ping(pair) {
      const held = cloudflare.store.workers.get('mcpbox')?.secrets
      const response = await send(tunnel.door, {
        path: '/ping',
        token: pair?.service_token ?? held?.get('SERVICE_TOKEN') ?? '',
        key: pair?.assertion_key ?? held?.get('ASSERTION_KEY') ?? '',
      })
      return response.status
    },
    async run(
      args = [],
      { answers, meanwhile = async () => {}, env = {}, pause = async () => {} } = {},
    ) {
      const said: string[] = []
      const failure = await deployWorker(['--url', url, ...args], {
        terminal: {
          say: (text) => void said.push(text),
          ask:
            answers === undefined
              ? null
              : async (question) => {
                  said.push(question)
                  await meanwhile()
                  return answers.shift() ?? ''
                },
        },
        env: {
          PATH: process.env['PATH'],
          HOME: home,
          CLOUDFLARE_API_TOKEN: API_TOKEN,
          CLOUDFLARE_API_BASE_URL: cloudflare.url,
          ...env,
        },
        deployKey: async () => DEPLOY_KEY,
        folder,
        verifier: { fetch: worker.fetch, now: () => Date.now(), pause },
        wranglerIn: sharingBundle,
      }).then(
        () => null,
        (fault: unknown) => (fault instanceof Error ? fault.message : String(fault)),
      )
      return { said: said.join('\n'), failure }
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
