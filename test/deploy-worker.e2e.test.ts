import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { OriginBindings, toOrigin } from '../worker/src/origin/origin-settings.ts'
import { Reachability } from '../worker/src/origin/reachability.ts'
import { TunnelDoor } from '../worker/src/origin/tunnel-door.ts'
import { originClient } from '../scripts/deploy/origin-client.ts'
import { startStack } from './stack.ts'

/** `npx mcpbox deploy-worker` and the keys it rotates, with two origins in processes of their own. */

const root = fileURLToPath(new URL('..', import.meta.url))
const PROBE = { kind: 'service', clientId: 'deploy' } as const
/** What is undone in the end, however far the beginning came. */
const running = new AsyncDisposableStack()
let stack: Awaited<ReturnType<typeof startStack>>

beforeAll(async () => {
  stack = running.use(await startStack({ databaseServer: inject('postgresUrl'), origins: 2 }))
})
afterAll(() => running.disposeAsync())

const client = (n: number) =>
  originClient(stack.origins[n]!.admin.href, stack.secrets['MCPBOX_DEPLOY_KEY']!)

function mcpbox(args: string[], env: Record<string, string> = {}) {
  return promisify(execFile)(process.execPath, ['scripts/mcpbox.mjs', 'deploy-worker', ...args], {
    cwd: root,
    env: {
      ...process.env,
      CLOUDFLARE_API_TOKEN: '',
      MCPBOX_ADMIN_URL: stack.origins[0]!.admin.href,
      MCPBOX_DEPLOY_KEY: stack.secrets['MCPBOX_DEPLOY_KEY']!,
      ...env,
    },
  })
}

/** Asks as the Worker's own code does. */
async function ping(n: number, keys: { service_token: string; assertion_key: string }) {
  const origin = toOrigin(
    OriginBindings.parse({
      ORIGIN_URL: stack.origins[n]!.tunnel.href,
      SERVICE_TOKEN: keys.service_token,
      ASSERTION_KEY: keys.assertion_key,
    }),
  )
  if ('missing' in origin) throw new Error(origin.missing)
  const memory = { missed: async (at: number) => at, seen() {} }
  const door = new TunnelDoor(origin, new Reachability(memory, console.error))
  const signal = AbortSignal.timeout(10_000)
  const caller = { principal: PROBE, requestId: randomUUID() }
  return door.ask(caller, { method: 'GET', path: '/ping', signal }).then(
    (response) => response.status,
    (fault: unknown) => (fault as { problem?: { code: string } }).problem?.code ?? String(fault),
  )
}

test('a dry run says what a deployment would do', async () => {
  const { stdout } = await mcpbox(['--dry-run', '--email', 'ada@example.com'])
  expect(stdout).toContain(
    `reaches     127.0.0.1:${stack.origins[0]!.tunnel.port} by a Workers VPC`,
  )
  expect(stdout).toContain('POST /accounts/<account>/access/apps')
  expect(stdout).toContain('Nothing was done.')
})

test('without a token, with a wrong key and without an origin it says what is missing', async () => {
  const failing = async (args: string[], env: Record<string, string> = {}) =>
    mcpbox(args, env).then(
      () => 'it went well',
      ({ code, stderr }: { code: number; stderr: string }) => `${code} ${stderr}`,
    )
  expect(await failing([])).toMatch(/^1 Set CLOUDFLARE_API_TOKEN/)
  const dry = ['--dry-run']
  expect(await failing(dry, { MCPBOX_DEPLOY_KEY: 'x'.repeat(40) })).toMatch(
    /^1 MCPbox at \S+ does not take this MCPBOX_DEPLOY_KEY/,
  )
  expect(await failing([...dry, '--url', 'http://127.0.0.1:9'])).toMatch(
    /^1 MCPbox does not answer at http:\/\/127\.0\.0\.1:9/,
  )
})

test('a rotation begun at one origin is honoured by the other at once, and finished by either', async () => {
  const old = await client(0).secrets()
  for (const n of [0, 1]) expect(await ping(n, old)).toBe(200)
  const { id, secrets } = await client(0).beginRotation()
  for (const n of [1, 0]) {
    expect(await ping(n, secrets)).toBe(200)
    expect(await ping(n, old)).toBe(200)
  }
  await client(1).finishRotation(id)
  for (const n of [0, 1]) {
    expect(await ping(n, secrets)).toBe(200)
    await expect.poll(() => ping(n, old)).toBe('service_token_mismatch')
  }
  await stack.restartOrigin(0)
  expect(await ping(0, secrets)).toBe(200)
})
