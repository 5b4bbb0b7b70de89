import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { modernPost } from '#gateway/testing/posts.ts'
import { startLocalAccess, type LocalAccess } from './access-team/local-access.ts'
import { serveWorker, type LocalWorkerOptions } from '../scripts/edge/local-worker.ts'
import { workerSecrets } from '../scripts/edge/origin-process.ts'
import { buildWorker, type WorkerBundle } from '../scripts/edge/worker-bundle.ts'
import { startRecordingProxy, type RecordingProxy } from './claude-web/recording-proxy.ts'
import { legacyClient, modernClient } from './clients.ts'
import { PERSON, startStack, type Stack } from './stack.ts'

/** The same Worker over each of the two ways to the same origin. */

/** What is undone in the end, however far the beginning came. */
const running = new AsyncDisposableStack()
let stack: Stack & { secrets: Record<string, string> }
let access: LocalAccess
let tunnel: RecordingProxy
let bundle: WorkerBundle

beforeAll(async () => {
  stack = running.use(await startStack())
  access = running.use(await startLocalAccess())
  tunnel = running.use(await startRecordingProxy(stack.origins[0]!.tunnel))
  bundle = running.use(await buildWorker())
})

afterAll(() => running.disposeAsync())

async function workerThrough(way: Pick<LocalWorkerOptions, 'origin' | 'through'>) {
  const front = await access.front(PERSON)
  const worker = await serveWorker(bundle, {
    ...way,
    access,
    publicUrl: front.url,
    secrets: await workerSecrets(stack.origins[0]!, stack.secrets['MCPBOX_DEPLOY_KEY'] ?? ''),
    allowedOrigins: [],
    isQuiet: true,
  })
  front.aimAt(worker.url)
  return { url: front.url, [Symbol.asyncDispose]: () => worker[Symbol.asyncDispose]() }
}

/** The public hostname of the origin, with Access before it. */
async function behindAccess() {
  const hostname = await access.protectedFront()
  hostname.aimAt(tunnel.url)
  return hostname.url
}

async function listsServers(url: URL): Promise<void> {
  for (const connect of [legacyClient, modernClient]) {
    await using client = await connect(url)
    expect(await client.call('mcpbox_list_servers')).toMatchObject({ isError: false })
  }
}

describe('a Workers VPC service', () => {
  test('carries everything, without a public name or a token of Access', async () => {
    await using worker = await workerThrough({ origin: tunnel.url, through: 'service' })
    const before = tunnel.seen.length
    await listsServers(worker.url)
    const seen = tunnel.seen.slice(before)
    expect(seen.length).toBeGreaterThan(1)
    for (const { headers } of seen) {
      expect(headers['host']).toBe('mcpbox-origin')
      expect(headers).not.toHaveProperty('cf-access-client-id')
    }
  })
})

describe('a public hostname', () => {
  test('is entered with the service token of Access, which Access keeps to itself', async () => {
    const through = access.serviceTokens.issue()
    await using worker = await workerThrough({ origin: await behindAccess(), through })
    const before = tunnel.seen.length
    await listsServers(worker.url)
    const seen = tunnel.seen.slice(before)
    expect(seen.length).toBeGreaterThan(1)
    for (const { headers } of seen) {
      expect(headers).toHaveProperty('cf-access-jwt-assertion')
      expect(JSON.stringify(headers)).not.toContain(through.clientSecret)
    }
  })

  test.each([
    ['that is not the team’s', { clientId: 'nobody.access', clientSecret: 'wrong' }],
    ['that no policy of the hostname names', 'unauthorised'],
  ] as const)(
    'with a service token %s: says that Access refused, and what to do',
    async (_, how) => {
      const through = how === 'unauthorised' ? access.serviceTokens.issue(false) : how
      await using worker = await workerThrough({ origin: await behindAccess(), through })
      const { method, headers, body } = await call('mcpbox_list_servers')
      const response = await fetch(new URL('/mcp', worker.url), { method, headers, body })
      const text = await response.text()
      expect(text).toContain('Cloudflare Access before it refused the Worker')
      expect(text).toContain('"isError":true')
    },
  )
})

async function call(name: string) {
  const request = modernPost('tools/call', { name, arguments: {} })
  return { method: request.method, headers: request.headers, body: await request.text() }
}
