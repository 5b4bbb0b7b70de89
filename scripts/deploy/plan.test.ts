import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { ORIGIN_HEALTH_PATH } from '#contract/deploy-proof.ts'
import { PROBLEM_TYPE, problemBody, statusOf } from '#contract/problem.ts'
import { EMAIL, startDeployment, type DeploymentLine } from './testing/deployment.ts'

const SLOW = { timeout: 120_000 }
let line: DeploymentLine
afterEach(() => line[Symbol.asyncDispose]())

async function untouched() {
  expect(line.cloudflare.changes()).toEqual([])
  expect((await line.origin.deployment()).revision).toBe(0)
  expect(await line.origin.rotation()).toBeNull()
}

test(
  'a dry run needs no account and no token, and says every call and the whole upload',
  SLOW,
  async () => {
    line = await startDeployment()
    const dry = (args: string[]) =>
      line.run(['--dry-run', ...args], { env: { CLOUDFLARE_API_TOKEN: '' } })
    const { said, failure } = await dry(['--email', EMAIL])
    expect(failure).toBeNull()
    expect(line.cloudflare.calls).toEqual([])
    for (const part of [
      'POST /accounts/<account>/cfd_tunnel\n  {"name":"mcpbox","config_src":"cloudflare"}',
      '"tunnel_id":"<tunnel>"',
      `"include":[{"email":{"email":"${EMAIL}"}}]`,
      'https://claude.ai/api/mcp/auth_callback',
      'ACCESS_AUDIENCES = "<audience of mcpbox>"',
      'service_id = "<vpc service>"',
      'with the secrets SERVICE_TOKEN, ASSERTION_KEY, SESSION_KEY (••••)',
      'Nothing was done.',
    ])
      expect(said).toContain(part)
    const secrets = await line.origin.secrets()
    for (const secret of Object.values(secrets)) expect(said).not.toContain(secret)

    const oauth = await dry([
      '--auth',
      'oauth',
      '--origin',
      'hostname',
      '--hostname',
      'b.example.com',
    ])
    expect(oauth.failure).toBeNull()
    expect(oauth.said).toContain('OIDC_TOKEN_URL = "<token_endpoint of the discovery document>"')
    expect(oauth.said).toContain('POST /zones/<zone>/dns_records')
    const rotation = await dry(['--set-secrets'])
    expect(rotation.failure).toContain('no deployed Worker yet')
    await untouched()
    expect(existsSync(join(line.folder, 'wrangler.generated.toml'))).toBe(false)
  },
)

test('nothing is done before the plan was agreed to', SLOW, async () => {
  line = await startDeployment()
  const no = await line.run([], { answers: [EMAIL, 'n'] })
  expect(no.said).toMatch(/Plan:\n {2}make {6}tunnel “mcpbox”[\s\S]*Go ahead\?/)
  expect(no.failure).toBe('Nothing was changed.')
  expect((await line.run(['--email', EMAIL])).failure).toContain('say --yes')
  await untouched()
})

test('before cloudflared runs the address is said, and what it waits for', SLOW, async () => {
  line = await startDeployment()
  const problem = { code: 'origin_unreachable', message: 'Its tunnel is not connected.' } as const
  line.worker.instead.set(ORIGIN_HEALTH_PATH, {
    status: statusOf(problem.code),
    headers: { 'content-type': PROBLEM_TYPE },
    body: JSON.stringify(problemBody(problem)),
  })
  const { said, failure } = await line.run(['--yes', '--email', EMAIL])
  expect(failure).toContain('It is deployed, but not all is well')
  expect(said).toMatch(
    /address for MCP clients: https:\/\/mcpbox\.ada\.workers\.dev\/mcp\n.*cloudflared.*#keep-the-tunnel-open[\s\S]*✗ the Worker does not reach the origin/,
  )
})

test('who may come in must be said; nobody is let in by leaving it out', SLOW, async () => {
  line = await startDeployment()
  expect((await line.run(['--yes'])).failure).toContain('--email')
  expect((await line.run([], { answers: ['everyone'] })).failure).toContain('--email')
  expect((await line.run(['--yes', '--email', 'not-an-address'])).failure).toContain('--email: ')
  await untouched()
})

test('of several accounts one must be said', SLOW, async () => {
  line = await startDeployment()
  const other = { id: 'b'.repeat(32), name: 'Her firm’s account' }
  line.cloudflare.store.accounts.push(other)
  const { failure } = await line.run(['--yes', '--email', EMAIL])
  expect(failure).toContain('--account')
  expect(failure).toContain(`${other.id}  ${other.name}`)
  await untouched()
  const chosen = await line.run(['--yes', '--email', EMAIL, '--account', other.id])
  expect(chosen.failure).toBeNull()
  expect((await line.origin.deployment()).record.account_id).toBe(other.id)
  // From then on it is known, and stays.
  expect((await line.run(['--yes'])).failure).toBeNull()
  expect((await line.run(['--yes', '--account', 'a'.repeat(32)])).failure).toContain('one account')
})

test.each<[string, (store: DeploymentLine['cloudflare']['store']) => unknown]>([
  ['tunnel “mcpbox”', (store) => store.add(store.tunnels, { name: 'mcpbox' })],
  [
    'Access policy “mcpbox people”',
    (store) => store.add(store.policies, { name: 'mcpbox people', decision: 'allow', include: [] }),
  ],
  [
    'Worker “mcpbox”',
    (store) =>
      store.workers.set('mcpbox', {
        metadata: { bindings: [] },
        secrets: new Map(),
        deployments: ['theirs'],
        workersDev: true,
      }),
  ],
])('a %s that is not ours is left alone unless it is said', SLOW, async (what, exists) => {
  line = await startDeployment()
  exists(line.cloudflare.store)
  const args = ['--yes', '--email', EMAIL]
  const alone = await line.run(args)
  expect(alone.failure).toContain(`There is a ${what}`)
  expect(alone.failure).toContain('--adopt')
  const no = await line.run(['--email', EMAIL], { answers: ['n'] })
  expect(no.said).toContain('Take it over?')
  expect(no.failure).toContain('left alone')
  await untouched()
  const taken = await line.run(['--email', EMAIL], { answers: ['y', 'y'] })
  expect(taken.said).toContain(`take over ${what}`)
  expect(taken.said.match(/Take it over\?/g)).toHaveLength(1)
})

test('an application of Access before the Worker’s own OAuth server stops it', SLOW, async () => {
  line = await startDeployment()
  const { store } = line.cloudflare
  const policies = [store.add(store.policies, { name: 'x', decision: 'allow' }).id]
  const domain = 'mcpbox.ada.workers.dev'
  store.add(store.apps, { name: 'old', type: 'self_hosted', domain, policies })
  const { failure } = await line.run(['--yes', '--email', EMAIL, '--auth', 'oauth'])
  expect(failure).toContain('“old”')
  expect(failure).toContain('stands before mcpbox.ada.workers.dev')
  await untouched()
})

test('machines come in by a service token that exists', SLOW, async () => {
  line = await startDeployment()
  const args = ['--yes', '--email', EMAIL, '--machine', 'laptop']
  expect((await line.run(args)).failure).toContain('no Access service token named “laptop”')
  await untouched()
  const { store } = line.cloudflare
  const token = store.add(store.serviceTokens, { name: 'laptop', client_id: 'x.access' })
  expect((await line.run(args)).failure).toBeNull()
  expect(store.policies).toContainEqual(
    expect.objectContaining({
      decision: 'non_identity',
      include: [{ service_token: { token_id: token.id } }],
    }),
  )
  expect(store.apps[0]!['policies']).toHaveLength(2)
})

test.each<[string[], string]>([
  [['--everyone'], 'Unknown option'],
  [['--origin', 'hostname'], '--hostname'],
  [['--hostname', 'box.example.com'], '--origin hostname'],
  [['--worker', 'Mc_Box'], '--worker: '],
  [['--auth', 'none'], '--auth: '],
  [['--account', 'mine'], '--account: '],
  [['--auth', 'oauth', '--machine', 'x'], '--machine'],
])('%j is refused', SLOW, async (args, words) => {
  line = await startDeployment()
  expect((await line.run(['--yes', '--email', EMAIL, ...args])).failure).toContain(words)
  await untouched()
})
