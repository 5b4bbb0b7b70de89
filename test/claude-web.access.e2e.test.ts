import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { ExecutionList } from '#contract/admin-api.ts'
import { answerOf } from '#gateway/testing/answers.ts'
import { modernPost, rpc } from '#gateway/testing/posts.ts'
import { startLocalAccess } from './access-team/local-access.ts'
import { ClaudeFailure } from './claude-web/failure.ts'
import { ADA, claudeAt, publishAdd, startAccessLine, type Line } from './claude-web/line.ts'
import { profileNamed, PROFILES } from './claude-web/profile.ts'

/** Claude Web before Access with Managed OAuth, the real Worker and a real origin. */

/** What is undone in the end, however far the beginning came. */
const running = new AsyncDisposableStack()
let line: Line
let add: string

beforeAll(async () => {
  line = running.use(await startAccessLine(inject('postgresUrl')))
  add = await publishAdd(line.stack, 'first')
})
afterAll(() => running.disposeAsync())
beforeEach(() => {
  line.access.people.admit(ADA)
  line.access.certs.outage = false
})

const connected = async (profile = PROFILES[0]!) => {
  const { claude } = claudeAt(line, profile)
  await claude.connect()
  return claude
}
const sumOf = async (claude: Awaited<ReturnType<typeof connected>>, tool: string, a: number) =>
  (await claude.call(tool, { a })).structuredContent

/** Whom the log names as the one who called a tool last. */
async function lastCaller(tool: string) {
  const list = ExecutionList.parse(await line.stack.read(`/api/executions?tool=${tool}`))
  return list.items[0]?.principal_label
}

/** One `initialize` of a legacy client, with these headers. */
function knock(url: URL, headers: Record<string, string>): Promise<Response> {
  const clientInfo = { name: 'stranger', version: '1.0.0' }
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo }
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: '*/*', ...headers },
    body: JSON.stringify(rpc(1, 'initialize', params)),
  })
}
const assertion = (token: string) => ({ 'cf-access-jwt-assertion': token })

describe.each(PROFILES)('Claude that $name', (profile) => {
  test('connects, lists, and calls a tool that was approved meanwhile', async () => {
    const claude = await connected(profile)
    expect(claude.protocol).toBe(profile.speaks)
    const server = `meanwhile_${PROFILES.indexOf(profile)}`
    expect(await claude.tools()).toContain(add)

    const tool = await publishAdd(line.stack, server)
    const another = await connected(profile)
    expect(await another.tools()).toContain(tool)
    expect(await sumOf(claude, tool, 40)).toEqual({ sum: 42 })
    expect(await lastCaller(tool)).toBe(ADA.email)
  })

  test('gives each of its parallel calls its own answer, though all have the id 1', async () => {
    const claude = await connected(profile)
    const numbers = [1, 2, 3, 4, 5, 6]
    const sums = await Promise.all(numbers.map((a) => sumOf(claude, add, a)))
    expect(sums).toEqual(numbers.map((a) => ({ sum: a + 2 })))
  })
})

test('a session that Claude would not open again outlives the Worker', async () => {
  const claude = await connected(
    profileNamed('shares one session among parallel calls of equal ids'),
  )
  await line.restartWorker()
  expect(await sumOf(claude, add, 1)).toEqual({ sum: 3 })
})

describe('signing in', () => {
  test('registers as Claude, for its own callback', async () => {
    await connected()
    expect(line.access.clients.all.at(-1)).toMatchObject({
      client_name: 'Claude',
      redirect_uris: ['https://claude.ai/api/mcp/auth_callback'],
    })
  })

  test('finds where to sign in at the address itself and at the root', async () => {
    const at = await claudeAt(line).claude.discover()
    expect(at).toMatchObject({ resource: line.mcp.href, server: { issuer: line.access.issuer } })
    for (const path of ['/mcp', '']) {
      const url = new URL(`/.well-known/oauth-protected-resource${path}`, line.mcp)
      const document = await (await fetch(url)).json()
      expect(document).toMatchObject({ authorization_servers: [line.access.issuer] })
    }
  })

  test('as a client whose redirect URI is not allowed fails at registration', async () => {
    const { claude } = claudeAt(line, PROFILES[0], {}, 'https://other.example/callback')
    const failure = await claude.connect().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ClaudeFailure)
    expect(failure).toMatchObject({
      message: "Couldn't register with the sign-in service",
      why: expect.stringContaining('redirect_uri is not allowed by the account configuration'),
    })
  })

  test.each([
    ['somebody who cancels', { signIn: 'cancels' as const }, 'access_denied'],
    ['somebody whom no policy lets in', { who: 'eve' }, 'does not have access'],
  ])('fails for %s', async (_who, script, why) => {
    const { claude } = claudeAt(line, PROFILES[0], script)
    await expect(claude.connect()).rejects.toMatchObject({
      message: 'Authorization with the MCP server failed',
      why: expect.stringContaining(why),
    })
  })

  test('is not undone by the probes that come without a token now and then', async () => {
    const claude = await connected()
    expect((await claude.probe()).status).toBe(401)
    expect(await sumOf(claude, add, 1)).toEqual({ sum: 3 })
  })
})

describe('tokens', () => {
  test('that came to their end are renewed once, and every call is answered', async () => {
    const claude = await connected()
    line.access.oauth.tokens.expireAccess()
    const sums = await Promise.all([1, 2, 3].map((a) => sumOf(claude, add, a)))
    expect(sums).toEqual([{ sum: 3 }, { sum: 4 }, { sum: 5 }])
    expect(claude.signIn.refreshes).toBe(1)
  })

  test('of a person who was taken out are not renewed', async () => {
    const claude = await connected()
    line.access.people.revoke(ADA.sub)
    await expect(claude.call(add, { a: 1 })).rejects.toMatchObject({
      message: 'Authorization with the MCP server failed',
      why: expect.stringContaining('invalid_grant'),
    })
  })
})

describe('the keys of the team', () => {
  test('change in the middle of traffic without one failed call', async () => {
    const claude = await connected()
    const numbers = Array.from({ length: 8 }, (_none, n) => n)
    const batch = () => Promise.all(numbers.map((a) => sumOf(claude, add, a)))
    const sums = numbers.map((a) => ({ sum: a + 2 }))

    expect(await batch()).toEqual(sums)
    const [during] = await Promise.all([batch(), line.access.keys.rotate()])
    expect(during).toEqual(sums)
    expect(await batch()).toEqual(sums)
    expect(claude.signIn.refreshes).toBe(0)
  })

  test('that cannot be had stop nobody who signs with known ones', async () => {
    const claude = await connected()
    await claude.call(add, { a: 1 })
    line.access.certs.outage = true
    expect(await sumOf(claude, add, 1)).toEqual({ sum: 3 })
    expect(await sumOf(await connected(), add, 2)).toEqual({ sum: 4 })
  })
})

describe('a service token', () => {
  const headersOf = ({ clientId, clientSecret }: { clientId: string; clientSecret: string }) => ({
    'cf-access-client-id': clientId,
    'cf-access-client-secret': clientSecret,
  })

  test('that Claude Code sends with every request calls as the service that it is', async () => {
    const token = line.access.serviceTokens.issue()
    const params = { name: add, arguments: { a: 5 } }
    const asked = modernPost('tools/call', params, headersOf(token))
    const answer = await answerOf(await fetch(new Request(line.mcp, asked)))
    expect(answer).toMatchObject({ result: { structuredContent: { sum: 7 } } })
    expect(await lastCaller(add)).toBe(`service token ${token.clientId}`)
  })

  test('that is wrong is 401, and one that no policy names 403', async () => {
    const token = line.access.serviceTokens.issue()
    const unnamed = line.access.serviceTokens.issue(false)
    const wrong = headersOf({ ...token, clientSecret: 'cfast_wrong' })
    expect((await knock(line.mcp, wrong)).status).toBe(401)
    expect((await knock(line.mcp, headersOf(unnamed))).status).toBe(403)
  })
})

describe('straight to the Worker, past Access', () => {
  const person = { sub: ADA.sub, email: ADA.email }

  test('the same assertion that Access would send is good', async () => {
    const token = await line.access.token(person)
    expect((await knock(line.worker, assertion(token))).status).toBe(200)
  })

  test('an assertion for another application of the team is not', async () => {
    const token = await line.access.token(person, 60, 'e'.repeat(64))
    expect((await knock(line.worker, assertion(token))).status).toBe(401)
  })

  test('an assertion of another team is not', async () => {
    await using other = await startLocalAccess()
    const token = await other.token(person, 60, line.access.audience)
    expect((await knock(line.worker, assertion(token))).status).toBe(401)
  })

  test.each(['forged', 'a.b.c', ''])('the forged assertion "%s" is not', async (token) => {
    expect((await knock(line.worker, assertion(token))).status).toBe(401)
  })

  test('an assertion with other claims under its signature is not', async () => {
    const [header, , signature] = (await line.access.token(person)).split('.')
    const claims = { sub: 'root', email: 'root@example.com', type: 'app', iss: line.access.issuer }
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url')
    const token = [header, payload, signature].join('.')
    expect((await knock(line.worker, assertion(token))).status).toBe(401)
  })

  test('an opaque token of Access means nothing', async () => {
    const claude = await connected()
    const authorization = await claude.signIn.authorization()
    expect((await knock(line.worker, { authorization })).status).toBe(401)
  })
})

describe('in front of Access', () => {
  test('a stranger who brings an assertion of their own is asked to sign in', async () => {
    const token = await line.access.token({ sub: ADA.sub, email: ADA.email })
    const response = await knock(line.mcp, assertion(token))
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain(
      `resource_metadata="${line.mcp.origin}/`,
    )
  })
})

test('nothing that Access or a client says of itself reaches the origin', async () => {
  const { url, seen } = line.tunnel
  const claude = await connected()
  const authorization = await claude.signIn.authorization()
  seen.length = 0
  await knock(line.mcp, {
    authorization,
    cookie: 'CF_Authorization=x',
    'cf-access-jwt-assertion': 'x',
    'x-mcpbox-principal': 'root',
    'x-mcpbox-service-token': 'x',
    'x-mcpbox-assertion': 'x',
  })
  await claude.call(add, { a: 1 })

  expect(seen.map(({ path }) => path)).toContain('/operations')
  for (const { headers } of seen) {
    const said = Object.keys(headers)
    expect(said.filter((name) => name.startsWith('cf-access-'))).toEqual([])
    expect(said.filter((name) => name.startsWith('x-mcpbox-')).sort()).toEqual([
      'x-mcpbox-assertion',
      'x-mcpbox-service-token',
    ])
    expect(headers).not.toHaveProperty('authorization')
    expect(headers).not.toHaveProperty('cookie')
    expect(headers.host).toBe(url.host)
    expect(Object.values(headers)).not.toContain('x')
  }
})
