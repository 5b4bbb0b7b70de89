import { execFile } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { Part } from '#contract/deployment.ts'
import { partsOf } from './leftovers.ts'
import { EMAIL, startDeployment, type DeploymentLine } from './testing/deployment.ts'

/** The whole script with the real wrangler, against a Cloudflare and an origin on this machine. */

const root = fileURLToPath(new URL('../..', import.meta.url))
const lines: DeploymentLine[] = []
afterAll(async () => {
  for (const line of lines) await line[Symbol.asyncDispose]()
})
const SLOW = { timeout: 120_000 }

async function deployed(args: string[]) {
  const line = await startDeployment()
  lines.push(line)
  const outcome = await line.run(['--yes', '--email', EMAIL, ...args])
  expect(outcome.failure).toBeNull()
  expect(line.cloudflare.unknown).toEqual([])
  const { record } = await line.origin.deployment()
  expect(new Set(Part.options.filter((part) => record[part] !== null))).toEqual(
    partsOf(record.wanted!),
  )
  return { line, ...outcome, store: line.cloudflare.store }
}

const git = async () =>
  (await promisify(execFile)('git', ['status', '--porcelain'], { cwd: root })).stdout

async function changesNothing(line: DeploymentLine) {
  const { revision } = await line.origin.deployment()
  const before = line.cloudflare.changes().length
  const { said, failure } = await line.run(['--yes'])
  expect(failure).toBeNull()
  expect(said).toContain('Nothing had to be changed.')
  expect(line.cloudflare.changes().slice(before)).toEqual([])
  expect((await line.origin.deployment()).revision).toBe(revision)
}

/** Neither a secret that Cloudflare told or was told, nor one of the origin. */
async function keepsSecrets(line: DeploymentLine, said: string) {
  expect(line.cloudflare.store.told.size).toBeGreaterThan(3)
  const files = (await readdir(line.folder, { recursive: true, withFileTypes: true })).filter(
    (file) => file.isFile() && !file.parentPath.includes('wrangler-logs'),
  )
  expect(files.map(({ name }) => name)).toEqual(['wrangler.generated.toml'])
  const logs = (await readdir(join(line.folder, 'wrangler-logs'), { recursive: true })).filter(
    (name) => name.endsWith('.log'),
  )
  const kept = await Promise.all([
    ...files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')),
    ...logs.map((name) => readFile(join(line.folder, 'wrangler-logs', name), 'utf8')),
  ])
  const everything = [said, line.log(), ...kept].join('\n')
  for (const secret of line.cloudflare.store.told) expect(everything).not.toContain(secret)
}

test(
  'with Access and a VPC service: everything is made, in an order in which nothing is open',
  SLOW,
  async () => {
    const before = await git()
    const { line, store, said } = await deployed([])
    expect(line.cloudflare.changes().map((call) => call.replace(/[0-9a-f-]{36}/, ':id'))).toEqual([
      'POST /accounts/:a/cfd_tunnel',
      'POST /accounts/:a/connectivity/directory/services',
      'POST /accounts/:a/access/policies',
      'POST /accounts/:a/access/apps',
      'POST /accounts/:a/access/policies',
      'POST /accounts/:a/access/apps',
      'PUT /accounts/:a/workers/scripts/mcpbox',
      'POST /accounts/:a/workers/scripts/mcpbox/subdomain',
    ])
    expect(store.services).toMatchObject([
      {
        http_port: 8002,
        host: { ipv4: '127.0.0.1', network: { tunnel_id: store.tunnels[0]!.id } },
      },
    ])
    expect(store.policies).toMatchObject([
      { decision: 'allow', include: [{ email: { email: EMAIL } }] },
      { name: 'mcpbox health', decision: 'bypass' },
    ])
    expect(store.apps).toMatchObject([
      {
        domain: 'mcpbox.ada.workers.dev',
        policies: [store.policies[0]!.id],
        oauth_configuration: {
          enabled: true,
          dynamic_client_registration: {
            allowed_uris: [
              'https://claude.ai/api/mcp/auth_callback',
              'https://claude.com/api/mcp/auth_callback',
            ],
          },
        },
      },
      { domain: 'mcpbox.ada.workers.dev/health', policies: [store.policies[1]!.id] },
    ])
    const worker = store.workers.get('mcpbox')!
    const vars = Object.fromEntries(
      worker.metadata.bindings
        .filter(({ type }) => type === 'plain_text')
        .map(({ name, text }) => [name, text]),
    )
    expect(vars).toEqual({
      AUTH_MODE: 'access',
      PUBLIC_URL: 'https://mcpbox.ada.workers.dev',
      ACCESS_ISSUER: 'https://ada.cloudflareaccess.com',
      ACCESS_AUDIENCES: store.apps[0]!['aud'],
      ORIGIN_URL: 'http://mcpbox-origin',
    })
    expect(worker.metadata.bindings).toContainEqual(
      expect.objectContaining({
        name: 'ORIGIN',
        type: 'vpc_service',
        service_id: store.services[0]!.id,
      }),
    )
    const { service_token, assertion_key, session_key } = await line.origin.secrets()
    expect(Object.fromEntries(worker.secrets)).toEqual({
      SERVICE_TOKEN: service_token,
      ASSERTION_KEY: assertion_key,
      SESSION_KEY: session_key,
    })
    expect(worker.workersDev).toBe(true)
    expect(said.match(/✓/g)).toHaveLength(3)
    expect(said).toContain('The address for MCP clients: https://mcpbox.ada.workers.dev/mcp')

    const { record } = await line.origin.deployment()
    expect(record).toMatchObject({
      account_id: 'a'.repeat(32),
      making: {},
      tunnel: { token: store.tunnelToken(store.tunnels[0]!.id) },
      worker: { name: 'mcpbox', public_url: 'https://mcpbox.ada.workers.dev' },
    })
    const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)
    expect(await mode(line.folder)).toBe('700')
    expect(await mode(join(line.folder, 'wrangler.generated.toml'))).toBe('600')
    await keepsSecrets(line, said)
    await changesNothing(line)
    expect(await git()).toBe(before)
  },
)

test(
  'with Access and a public name: Access stands before the name before it leads anywhere',
  SLOW,
  async () => {
    const args = ['--origin', 'hostname', '--hostname', 'box.example.com']
    const { line, store, said } = await deployed(args)
    const order = line.cloudflare.changes().map((call) => call.replace(/[0-9a-f-]{36}/, ':id'))
    const app = order.indexOf('POST /accounts/:a/access/apps')
    expect(app).toBeGreaterThan(-1)
    expect(order.indexOf('PUT /accounts/:a/cfd_tunnel/:id/configurations')).toBeGreaterThan(app)
    expect(order.indexOf('POST /zones/zone-1/dns_records')).toBeGreaterThan(app)

    const [token] = store.serviceTokens
    const origin = store.apps.find(({ domain }) => domain === 'box.example.com')!
    expect(store.policies).toContainEqual(
      expect.objectContaining({
        decision: 'non_identity',
        include: [{ service_token: { token_id: token!.id } }],
      }),
    )
    expect(origin).not.toHaveProperty('oauth_configuration')
    expect([...store.configurations.values()]).toEqual([
      {
        ingress: [
          {
            hostname: 'box.example.com',
            service: 'http://127.0.0.1:8002',
            originRequest: { access: { required: true, teamName: 'ada', audTag: [origin['aud']] } },
          },
          { service: 'http_status:404' },
        ],
      },
    ])
    expect(store.dns).toMatchObject([
      {
        name: 'box.example.com',
        content: `${store.tunnels[0]!.id}.cfargotunnel.com`,
        proxied: true,
      },
    ])
    const worker = store.workers.get('mcpbox')!
    expect(worker.metadata.bindings.map(({ name }) => name)).not.toContain('ORIGIN')
    expect(worker.metadata.bindings).toContainEqual({
      name: 'ORIGIN_URL',
      type: 'plain_text',
      text: 'https://box.example.com',
    })
    expect(worker.secrets.get('ORIGIN_ACCESS_CLIENT_ID')).toBe(token!['client_id'])
    expect(worker.secrets.get('ORIGIN_ACCESS_CLIENT_SECRET')).toBe(token!['client_secret'])
    await keepsSecrets(line, said)
    await changesNothing(line)
  },
)

test(
  'with the Worker’s own OAuth server: endpoints are the ones the provider names',
  SLOW,
  async () => {
    const { line, store, said } = await deployed(['--auth', 'oauth'])
    const client = store.apps[0]!['saas_app'] as { client_id: string; client_secret: string }
    const issuer = `https://ada.cloudflareaccess.com/cdn-cgi/access/sso/oidc/${client.client_id}`
    const worker = store.workers.get('mcpbox')!
    for (const [name, text] of Object.entries({
      AUTH_MODE: 'oauth',
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: client.client_id,
      OIDC_AUTHORIZATION_URL: `${issuer}/authorization`,
      OIDC_TOKEN_URL: `${issuer}/token`,
      OIDC_JWKS_URL: `${issuer}/jwks`,
      OIDC_EMAIL_VERIFIED: 'when_stated',
    }))
      expect(worker.metadata.bindings).toContainEqual({ name, type: 'plain_text', text })
    expect(worker.metadata.bindings).toContainEqual({
      name: 'OAUTH_KV',
      type: 'kv_namespace',
      namespace_id: store.namespaces[0]!.id,
    })
    expect(worker.secrets.get('OIDC_CLIENT_SECRET')).toBe(client.client_secret)
    expect(store.apps).toHaveLength(1)
    expect(store.apps[0]).toMatchObject({
      saas_app: { redirect_uris: ['https://mcpbox.ada.workers.dev/callback'] },
    })
    await keepsSecrets(line, said)
    await changesNothing(line)
  },
)

test('what somebody changed or took away is put right, and only that', SLOW, async () => {
  const [line] = lines as [DeploymentLine]
  const { store } = line.cloudflare
  const app = store.apps.find(({ domain }) => domain === 'mcpbox.ada.workers.dev')!
  Object.assign(store.policies[0]!, { include: [{ everyone: {} }] })
  Object.assign(app, { app_launcher_visible: false, session_duration: '1h' })
  store.services.length = 0
  const before = line.cloudflare.changes().length
  const { said, failure } = await line.run(['--yes'])
  expect(failure).toBeNull()
  expect(said).toContain('change    Access policy “mcpbox people” (other include)')
  expect(said).toContain('change    Access application “mcpbox” (other session_duration)')
  expect(store.policies[0]).toMatchObject({ include: [{ email: { email: EMAIL } }] })
  // Fields that are not ours are sent again, so they stay.
  expect(app).toMatchObject({ app_launcher_visible: false, session_duration: '24h' })
  const changed = line.cloudflare.changes().slice(before)
  expect(changed.map((call) => call.replace(/[0-9a-f-]{36}/, ':id'))).toEqual([
    'POST /accounts/:a/connectivity/directory/services',
    'PUT /accounts/:a/access/policies/:id',
    'PUT /accounts/:a/access/apps/:id',
    'PUT /accounts/:a/workers/scripts/mcpbox',
    'POST /accounts/:a/workers/scripts/mcpbox/subdomain',
  ])
})

test(
  'a Worker that somebody deployed or robbed of a secret since is deployed again',
  SLOW,
  async () => {
    const [line] = lines as [DeploymentLine]
    const worker = () => line.cloudflare.store.workers.get('mcpbox')!
    line.cloudflare.store.deployed(worker())
    expect((await line.run(['--yes'])).said).toContain('(somebody deployed it since)')
    worker().secrets.delete('SESSION_KEY')
    expect((await line.run(['--yes'])).said).toContain('(lacks SESSION_KEY)')
    expect(worker().secrets.has('SESSION_KEY')).toBe(true)
  },
)

test('a mode and a way that are left are named in full, and stay', SLOW, async () => {
  const { line, store } = await deployed(['--origin', 'hostname', '--hostname', 'box.example.com'])
  const before = store.apps.findIndex(({ domain }) => domain === 'mcpbox.ada.workers.dev')
  store.apps.splice(before, 1)
  const { said, failure } = await line.run(['--yes', '--auth', 'oauth', '--origin', 'vpc'])
  expect(failure).toBeNull()
  expect(
    said
      .match(/Not used any more[^\n]*\n((?: {2}\S.*\n?)+)/)?.[1]
      ?.trim()
      .split(/\n */),
  ).toEqual([
    expect.stringMatching(/^DNS record “box\.example\.com”/),
    'way through the tunnel for box.example.com',
    expect.stringMatching(/^Access service token “mcpbox to origin” .* still good$/),
    expect.stringMatching(/^Access policy “mcpbox to origin”/),
    expect.stringMatching(/^Access application “mcpbox origin”/),
    expect.stringMatching(/^Access policy “mcpbox health”/),
    expect.stringMatching(/^Access application “mcpbox health”/),
  ])
  expect(store.serviceTokens).toHaveLength(1)
})
