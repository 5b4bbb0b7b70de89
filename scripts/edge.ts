import { once } from 'node:events'
import { resolve } from 'node:path'
import { readConfig } from '../origin/src/config.ts'
import { readSecrets } from '../origin/src/secrets-file.ts'
import { startLocalAccess } from '../test/access-team/local-access.ts'
import { serveWorker } from './edge/local-worker.ts'
import { startOriginProcess, workerSecrets } from './edge/origin-process.ts'
import { buildWorker } from './edge/worker-bundle.ts'

/**
 * The whole remote line on one machine: the real Worker bundle in workerd, a stand-in for
 * Cloudflare Access that signs real tokens, and the origin behind its tunnel door.
 */
const WORKER_PORT = 8787
const FRONT_PORT = 8788

const config = readConfig(process.env)
const secrets = await readSecrets(config.dataFolder, process.env)

await using stack = new AsyncDisposableStack()
const origin = stack.use(await startOriginProcess({}))
const access = stack.use(await startLocalAccess())
const identity = { email: 'you@example.com', sub: 'local-user' }
const front = await access.front(identity, FRONT_PORT)
const bundle = stack.use(await buildWorker())
const worker = stack.use(
  await serveWorker(bundle, {
    access,
    origin: origin.tunnel,
    publicUrl: front.url,
    port: WORKER_PORT,
    secrets: await workerSecrets(origin, secrets.MCPBOX_DEPLOY_KEY),
    allowedOrigins: [front.url.origin],
    storage: resolve(config.dataFolder, 'worker'),
  }),
)
front.aimAt(worker.url)

console.log(origin.welcome)
console.log(`  Worker           ${new URL('/mcp', worker.url).href} (wants an Access token)
  Signed in        ${new URL('/mcp', front.url).href} (the same, as ${identity.email})
`)
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
