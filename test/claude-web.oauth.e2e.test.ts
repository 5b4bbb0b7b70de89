import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { ExecutionList } from '#contract/admin-api.ts'
import { rpc } from '#gateway/testing/posts.ts'
import { formsIn } from './claude-web/html-form.ts'
import { ADA, claudeAt, publishAdd, startOAuthLine, type Line } from './claude-web/line.ts'
import type { Script } from './claude-web/person.ts'
import { PROFILES, type ClaudeProfile } from './claude-web/profile.ts'

/** Claude Web before the Worker as authorization server, with an OIDC application of Access behind. */

/** Where a client on the person's own machine listens; its port is another each time. */
const LOOPBACK = 'http://localhost:3118/callback'
const FAILED = 'Authorization with the MCP server failed'

/** What is undone in the end, however far the beginning came. */
const running = new AsyncDisposableStack()
let line: Line
let add: string

beforeAll(async () => {
  line = running.use(await startOAuthLine(inject('postgresUrl')))
  add = await publishAdd(line.stack, 'first')
})
afterAll(() => running.disposeAsync())
beforeEach(() => line.access.people.admit(ADA))

const connected = async (
  profile: ClaudeProfile = PROFILES[0]!,
  script: Partial<Script> = {},
  callback?: string,
) => {
  const { claude } = claudeAt(line, profile, script, callback)
  await claude.connect()
  return claude
}
type Claude = Awaited<ReturnType<typeof connected>>
const sumOf = async (claude: Claude, tool: string, a: number) =>
  (await claude.call(tool, { a })).structuredContent
const discovered = () => claudeAt(line).claude.discover()

function knock(headers: Record<string, string>): Promise<Response> {
  return fetch(line.mcp, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: '*/*', ...headers },
    body: JSON.stringify(rpc(1, 'ping')),
  })
}

/** Asks the token endpoint as the client of this id. */
async function token(form: Record<string, string>) {
  const { server, resource } = await discovered()
  const response = await fetch(server.token_endpoint, {
    method: 'POST',
    body: new URLSearchParams({ resource, ...form }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, string> }
}

/** A new client that may return to these addresses. */
async function registered(...redirect_uris: string[]): Promise<string> {
  const { server } = await discovered()
  const response = await fetch(server.registration_endpoint!, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Code',
      redirect_uris,
      token_endpoint_auth_method: 'none',
    }),
  })
  expect(response.status).toBe(201)
  return ((await response.json()) as { client_id: string }).client_id
}

/** The answer to a request for authorization of a client at `LOOPBACK`. */
async function authorization(more: Record<string, string>): Promise<Response> {
  const { server, resource } = await discovered()
  const url = new URL(server.authorization_endpoint)
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: more['client_id'] ?? (await registered(LOOPBACK)),
    redirect_uri: LOOPBACK,
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    state: 'x',
    resource,
    ...more,
  }).toString()
  return fetch(url, { redirect: 'manual' })
}

describe('where to sign in', () => {
  test('is said at the address itself, at the root, and in the challenge', async () => {
    const challenge = (await knock({})).headers.get('www-authenticate') ?? ''
    expect(challenge).toMatch(/^Bearer /)
    expect(challenge).toContain(`resource_metadata="${line.mcp.origin}/.well-known/`)
    expect(challenge).toMatch(/scope="[^"]+"/)
    for (const path of ['/mcp', '']) {
      const url = new URL(`/.well-known/oauth-protected-resource${path}`, line.mcp)
      const document = await (await fetch(url)).json()
      expect(document).toMatchObject({
        resource: line.mcp.href,
        authorization_servers: [line.mcp.origin],
      })
      expect(document).not.toMatchObject({
        scopes_supported: expect.arrayContaining(['offline_access']),
      })
    }
  })

  test('is a server of public clients, by document or by registration, with PKCE', async () => {
    expect((await discovered()).server).toMatchObject({
      issuer: line.mcp.origin,
      registration_endpoint: expect.any(String),
      revocation_endpoint: expect.any(String),
      client_id_metadata_document_supported: true,
      authorization_response_iss_parameter_supported: true,
      token_endpoint_auth_methods_supported: expect.arrayContaining(['none']),
      code_challenge_methods_supported: ['S256'],
    })
  })
})

describe.each(PROFILES)('Claude that $name', (profile) => {
  test('connects, lists, and calls a tool that was approved meanwhile', async () => {
    const claude = await connected(profile)
    expect(claude.protocol).toBe(profile.speaks)
    expect(await claude.tools()).toContain(add)
    const tool = await publishAdd(line.stack, `meanwhile_${PROFILES.indexOf(profile)}`)
    expect(await sumOf(claude, tool, 40)).toEqual({ sum: 42 })

    const log = ExecutionList.parse(await line.stack.read(`/api/executions?tool=${tool}`))
    expect(log.items[0]?.principal_label).toBe(ADA.email)
  })
})

describe('consent', () => {
  test('names the client and where it listens, and is asked for each time', async () => {
    const { claude, person } = claudeAt(line)
    for (const times of [1, 2]) {
      await claude.connect()
      const asked = person.read.filter((page) => page.includes('claude.ai'))
      expect(asked).toHaveLength(times)
      expect(asked.at(-1)).toContain('Claude')
    }
  })

  test('that is denied is told to the client', async () => {
    await expect(connected(PROFILES[0], { consent: 'denies' })).rejects.toMatchObject({
      message: FAILED,
      why: expect.stringContaining('access_denied'),
    })
  })

  test('cannot be given from another browser than the one that was asked', async () => {
    const page = await authorization({})
    const forms = formsIn(await page.text())
    expect(forms).not.toEqual([])
    for (const form of forms) {
      const body = new URLSearchParams(form.fields)
      const button = form.buttons[0]!
      if (button.name !== '') body.set(button.name, button.value)
      const url = form.action === '' ? page.url : new URL(form.action, page.url)
      const response = await fetch(url, { method: 'POST', body, redirect: 'manual' })
      expect(response.status).toBeGreaterThanOrEqual(400)
      expect(response.headers.get('location')).toBeNull()
    }
  })

  test('is on a page that nobody can frame or keep', async () => {
    const { headers } = await authorization({})
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('cache-control')).toContain('no-store')
  })
})

describe('a person', () => {
  test('who cancels at the sign-in is told to the client', async () => {
    await expect(connected(PROFILES[0], { signIn: 'cancels' })).rejects.toMatchObject({
      message: FAILED,
      why: expect.stringContaining('access_denied'),
    })
  })

  test.each([
    ['whose address nobody has checked', { email: 'bob@example.com', emailVerified: false }],
    ['who has no address', { email: null, emailVerified: false }],
  ])('%s does not come in', async (_who, known) => {
    line.access.people.admit({ sub: 'bob', ...known })
    await expect(connected(PROFILES[0], { who: 'bob' })).rejects.toMatchObject({ message: FAILED })
  })

  test('whom Access took out has to sign in again at the next renewal, and then may not', async () => {
    const claude = await connected()
    line.access.people.revoke(ADA.sub)
    await expect(claude.signIn.refresh()).rejects.toMatchObject({
      message: FAILED,
      why: expect.stringContaining('invalid_grant'),
    })
    await expect(claude.call(add, { a: 1 })).rejects.toMatchObject({ message: FAILED })
    await expect(claude.connect()).rejects.toMatchObject({
      why: expect.stringContaining('does not have access'),
    })
    line.access.people.admit(ADA)
    await claude.connect()
    expect(await sumOf(claude, add, 1)).toEqual({ sum: 3 })
  })
})

describe('a client', () => {
  test('on the machine of the person may listen at any port', async () => {
    const client_id = await registered(LOOPBACK)
    const redirect_uri = LOOPBACK.replace('3118', '40123')
    const page = await authorization({ client_id, redirect_uri })
    expect(page.status).toBe(200)
    const other = await authorization({ client_id, redirect_uri: `${redirect_uri}/other` })
    expect(other.status).toBe(400)
  })

  test('that registers connects as one with a document does', async () => {
    const claude = await connected(PROFILES[0], {}, LOOPBACK)
    expect(await sumOf(claude, add, 1)).toEqual({ sum: 3 })
  })

  test.each([
    ['to an address it did not register', { redirect_uri: 'https://evil.example/callback' }],
    ['that nobody knows', { client_id: 'nobody' }],
  ])('%s is answered with nothing but a page', async (_what, more) => {
    const response = await authorization(more)
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(response.headers.get('location')).toBeNull()
  })

  test.each([
    ['without PKCE', { code_challenge: '', code_challenge_method: '' }],
    ['with plain PKCE', { code_challenge_method: 'plain' }],
    ['for another resource', { resource: 'https://other.example/mcp' }],
  ])('that asks %s is not shown the page', async (_what, more) => {
    const response = await authorization(more)
    const location = response.headers.get('location')
    const said = location === null ? null : new URL(location).searchParams.get('error')
    const refused = said === null ? response.status >= 400 : said.startsWith('invalid_')
    expect({ refused, forms: formsIn(await response.text()) }).toEqual({ refused: true, forms: [] })
  })
})

describe('tokens', () => {
  test('are renewed, and the new one is good', async () => {
    const claude = await connected()
    const before = claude.signIn.accessToken
    await claude.signIn.refresh()
    expect(claude.signIn.accessToken).not.toBe(before)
    expect(await sumOf(claude, add, 1)).toEqual({ sum: 3 })
  })

  test('whose renewal was lost are renewed again, until the new one was used', async () => {
    const claude = await connected()
    const first = { refresh_token: claude.signIn.refreshToken!, client_id: claude.signIn.clientId }
    const renew = (refresh_token: string) =>
      token({ ...first, refresh_token, grant_type: 'refresh_token' })
    const lost = await renew(first.refresh_token)
    expect(lost.status).toBe(200)
    const second = await renew(first.refresh_token)
    expect(second.status).toBe(200)
    expect((await renew(second.body['refresh_token']!)).status).toBe(200)
    expect(await renew(first.refresh_token)).toMatchObject({ body: { error: 'invalid_grant' } })
  })

  test('that were revoked are worth nothing', async () => {
    const claude = await connected()
    const { server } = await discovered()
    const { refreshToken, clientId, accessToken } = claude.signIn
    const response = await fetch(server.revocation_endpoint!, {
      method: 'POST',
      body: new URLSearchParams({ token: refreshToken!, client_id: clientId }),
    })
    expect(response.status).toBe(200)
    expect((await knock({ authorization: `Bearer ${accessToken}` })).status).toBe(401)
    await expect(claude.call(add, { a: 1 })).rejects.toMatchObject({ message: FAILED })
  })

  test('that nobody gave are refused as such, and an assertion of Access means nothing', async () => {
    const forged = await knock({ authorization: 'Bearer a:b:c' })
    expect(forged.status).toBe(401)
    expect(forged.headers.get('www-authenticate')).toContain('error="invalid_token"')
    const assertion = await line.access.token({ sub: ADA.sub, email: ADA.email })
    expect((await knock({ 'cf-access-jwt-assertion': assertion })).status).toBe(401)
  })

  test('never reach the origin', async () => {
    const claude = await connected()
    line.tunnel.seen.length = 0
    await claude.call(add, { a: 1 })
    expect(line.tunnel.seen.map(({ path }) => path)).toContain('/operations')
    for (const { headers } of line.tunnel.seen) {
      expect(headers).not.toHaveProperty('authorization')
      expect(JSON.stringify(headers)).not.toContain(claude.signIn.accessToken)
    }
  })
})
