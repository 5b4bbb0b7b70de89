import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { EMAIL, startDeployment, type DeploymentLine } from './testing/deployment.ts'
import { Refused } from './testing/cloudflare-route.ts'

/** Tokens that may not, answers that do not come, runs that break anywhere. */

const SLOW = { timeout: 300_000 }
let line: DeploymentLine
beforeEach(async () => {
  line = await startDeployment()
}, 60_000)
afterEach(() => line[Symbol.asyncDispose]())

const HOSTNAME = ['--origin', 'hostname', '--hostname', 'box.example.com']
const ALL = ['--yes', '--email', EMAIL]
const forbidden = () => new Refused(403, 10000, 'Authentication error')

const READS: [path: string, permission: string, args: string[]][] = [
  ['/access/organizations', 'Access: Organizations, Identity Providers, and Groups · Read', []],
  ['/access/apps', 'Access: Apps and Policies · Edit', []],
  ['/access/policies', 'Access: Apps and Policies · Edit', []],
  ['/workers/scripts', 'Workers Scripts · Edit', []],
  ['/workers/subdomain', 'Workers Scripts · Edit', []],
  ['/cfd_tunnel', 'Cloudflare Tunnel · Edit', []],
  ['/connectivity/directory/services', 'Connectivity Directory · Admin', []],
  ['/storage/kv/namespaces', 'Workers KV Storage · Edit', ['--auth', 'oauth']],
  ['/access/service_tokens', 'Access: Service Tokens · Edit', HOSTNAME],
  ['/zones', 'Zone · Zone · Read', HOSTNAME],
]

test('a permission that is missing to read is named before anything is done', SLOW, async () => {
  for (const [path, permission, args] of READS) {
    line.cloudflare.interfere = (call) => (call.path.endsWith(path) ? forbidden() : null)
    const { failure } = await line.run([...ALL, ...args])
    expect(failure).toContain(permission)
    expect(failure).toContain('Nothing was changed.')
  }
  expect(line.cloudflare.changes()).toEqual([])
  expect((await line.origin.deployment()).revision).toBe(0)
})

test('several that are missing are named at once', SLOW, async () => {
  line.cloudflare.interfere = ({ path }) =>
    /cfd_tunnel|connectivity/.test(path) ? forbidden() : null
  const { failure } = await line.run(ALL)
  expect(failure).toContain('Cloudflare Tunnel · Edit')
  expect(failure).toContain('Connectivity Directory · Admin')
})

test('a token that is none is told from one that may not', SLOW, async () => {
  const env = { CLOUDFLARE_API_TOKEN: 'another-token-altogether' }
  expect((await line.run(ALL, { env })).failure).toContain('Account Settings · Read')
  const account = ['--account', 'a'.repeat(32)]
  const { failure } = await line.run([...ALL, ...account], { env })
  expect(failure).toContain('does not take this CLOUDFLARE_API_TOKEN')
  expect(failure).not.toContain('another-token-altogether')
  expect((await line.run(ALL, { env: { CLOUDFLARE_API_TOKEN: '' } })).failure).toContain(
    'Set CLOUDFLARE_API_TOKEN',
  )
})

test('an account that lacks what only a person can open says where', SLOW, async () => {
  line.cloudflare.store.team = null
  expect((await line.run(ALL)).failure).toContain('no Zero Trust organization yet')
  line.cloudflare.store.team = 'ada.cloudflareaccess.com'
  line.cloudflare.store.subdomain = null
  expect((await line.run(ALL)).failure).toContain('no workers.dev subdomain yet')
  line.cloudflare.store.subdomain = 'ada'
  const zone = ['--origin', 'hostname', '--hostname', 'box.elsewhere.org']
  expect((await line.run([...ALL, ...zone])).failure).toContain(
    'No zone of this account holds box.elsewhere.org (there are: example.com)',
  )
  expect(line.cloudflare.changes()).toEqual([])
})

/**
 * Every change that a deployment makes fails once, in three ways: refused, unanswered, and done
 * but unanswered as far as the script can tell. Each time running again goes on, and in the end
 * everything exists once.
 */
describe.each<[string, string[]]>([
  ['access and vpc', []],
  ['access and hostname', HOSTNAME],
  ['oauth and vpc', ['--auth', 'oauth']],
])('broken at every change, with %s', (_way, args) => {
  test.each([
    ['refused', /permission|needs “/],
    ['hang up', /did not answer|wrangler deploy failed/],
  ] as const)('%s', SLOW, async (how, words) => {
    const broken = new Set<string>()
    line.cloudflare.interfere = ({ method, path }) => {
      const place = `${method} ${path.replace(/[0-9a-f-]{32,36}/g, ':id')}`
      if (method === 'GET' || broken.has(place)) return null
      broken.add(place)
      return how === 'refused' ? forbidden() : 'hang up'
    }
    const failures: string[] = []
    for (;;) {
      const { failure } = await line.run([...ALL, ...args])
      if (failure === null) break
      failures.push(failure)
      expect(failures.length).toBeLessThan(20)
      expect(failure).toMatch(words)
    }
    expect(failures.length).toBeGreaterThan(3)
    const { store } = line.cloudflare
    for (const list of [store.tunnels, store.services, store.policies, store.apps, store.dns]) {
      const names = list.map(({ name }) => name)
      expect(new Set(names).size).toBe(names.length)
    }
    const before = line.cloudflare.changes().length
    expect((await line.run(['--yes'])).failure).toBeNull()
    expect(line.cloudflare.changes().slice(before)).toEqual([])
    expect((await line.origin.deployment()).record.making).toEqual({})
  })
})

test(
  'what was made although nobody came to hear of it is found again, and its lost secret renewed',
  SLOW,
  async () => {
    // The origin refuses to keep each of them once: as if the run had been killed just then.
    const { store } = line.cloudflare
    const lost = ['tunnels', 'serviceTokens', 'policies', 'apps', 'dns'] as const
    for (const list of lost) {
      const add = store.add.bind(store)
      store.add = (to, body, extra) => {
        const thing = add(to, body, extra)
        if (to !== store[list]) return thing
        store.add = add
        throw new Refused(502, 1, 'made, but never told')
      }
      const { failure } = await line.run([...ALL, ...HOSTNAME])
      expect(failure).toContain('made, but never told')
    }
    const { failure, said } = await line.run(ALL)
    expect(failure).toBeNull()
    expect(said).not.toContain('that this MCPbox did not make')
    expect(store.serviceTokens).toHaveLength(1)
    expect(store.workers.get('mcpbox')!.secrets.get('ORIGIN_ACCESS_CLIENT_SECRET')).toBe(
      store.serviceTokens[0]!['client_secret'],
    )
    for (const list of lost) {
      const names = store[list].map(({ name }) => name)
      expect(new Set(names).size).toBe(names.length)
    }
  },
)

test('an OIDC application whose secret was lost is made anew, once', SLOW, async () => {
  const { store } = line.cloudflare
  const add = store.add.bind(store)
  store.add = (to, body, extra) => {
    const thing = add(to, body, extra)
    if (to !== store.apps) return thing
    store.add = add
    throw new Refused(502, 1, 'made, but never told')
  }
  const args = [...ALL, '--auth', 'oauth']
  expect((await line.run(args)).failure).toContain('made, but never told')
  const { failure } = await line.run(args)
  expect(failure).toBeNull()
  expect(store.apps).toHaveLength(1)
  const { client_secret: secret } = store.apps[0]!['saas_app'] as { client_secret: string }
  expect(store.workers.get('mcpbox')!.secrets.get('OIDC_CLIENT_SECRET')).toBe(secret)
})

test('a run that another one overtook stops, and running again goes on', SLOW, async () => {
  line.cloudflare.interfere = async ({ method, path }) => {
    if (method === 'POST' && path.endsWith('/cfd_tunnel')) {
      const { revision, record } = await line.origin.deployment()
      await line.origin.changeDeployment(revision, {
        ...record,
        account_id: 'a'.repeat(32),
        making: {},
      })
    }
    return null
  }
  expect((await line.run(ALL)).failure).toContain('Another run of deploy-worker')
  line.cloudflare.interfere = null
  // Whose the tunnel is nobody can tell now, so it is asked for.
  expect((await line.run(ALL)).failure).toContain('There is a tunnel “mcpbox”')
  expect((await line.run([...ALL, '--adopt'])).failure).toBeNull()
  expect(line.cloudflare.store.tunnels).toHaveLength(1)
})
