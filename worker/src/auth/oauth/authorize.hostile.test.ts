import { beforeEach, describe, expect, test } from 'vitest'
import { Browser, handleIn, onwardIn } from '../../../testing/browser.ts'
import {
  authorizationUrl,
  json,
  REDIRECT,
  registered,
  type Client,
} from '../../../testing/oauth-client.ts'
import { toWorker, WORKER } from '../../../testing/oauth-worker.ts'
import { serveDocument } from '../../../testing/outside.ts'
import { refusalIn } from '../../../testing/refusals.ts'

let client: Client
beforeEach(async () => {
  client = await registered()
})

const ask = async (more: Record<string, string | null>, of = client) =>
  toWorker(await authorizationUrl(of, more))

describe('a redirect URI that is not the client’s', () => {
  test.each([
    'https://client.test.evil/callback',
    'https://client.test/callback/../evil',
    'https://client.test/callback/more',
    'https://client.test/callback?more=1',
    'https://client.test:8443/callback',
    'https://CLIENT.test/callback/',
    'https://evil.test/callback',
    'http://client.test/callback',
    'http://localhost/callback',
    'javascript:alert(1)',
    '',
  ])('%s is never redirected to', async (uri) => {
    expect(await refusalIn(await ask({ redirect_uri: uri }))).toBe('page 400 invalid_request')
  })

  test('is not made up for one that is left out', async () => {
    expect(await refusalIn(await ask({ redirect_uri: null }))).toBe('page 400 invalid_request')
  })
})

describe('a loopback redirect URI', () => {
  beforeEach(async () => {
    client = await registered({ redirect_uris: ['http://127.0.0.1/callback'] })
  })

  test('may have any port', async () => {
    const response = await ask({ redirect_uri: 'http://127.0.0.1:50000/callback' })
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('a program on the device in front of you')
  })

  test.each([
    'http://127.0.0.1:50000/other',
    'http://127.0.0.1:50000/callback?x=1',
    'http://localhost:50000/callback',
    'http://127.0.0.2:50000/callback',
    'https://127.0.0.1:50000/callback',
    'http://127.0.0.1.evil.test/callback',
  ])('may not be %s', async (uri) => {
    expect(await refusalIn(await ask({ redirect_uri: uri }))).toBe('page 400 invalid_request')
  })
})

describe('registration', () => {
  test.each([
    'http://example.com/callback',
    'javascript:alert(1)',
    'data:text/html,x',
    'ms-settings:privacy',
    'https://a@b.test/callback',
    'https://a.test/callback#x',
  ])('refuses %s, beside whatever else', async (uri) => {
    const response = await toWorker(
      `${WORKER}/register`,
      json({ redirect_uris: [REDIRECT, uri], token_endpoint_auth_method: 'none' }),
    )
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      error: expect.stringMatching(/^invalid_(redirect_uri|client_metadata)$/),
    })
  })

  test('takes a native app’s own scheme, and only its exact address', async () => {
    const uri = 'cursor://anysphere.cursor-mcp/oauth/callback'
    const cursor = await registered({ redirect_uris: [uri] })
    const page = await ask({}, cursor)
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('<strong>cursor:</strong>')
    expect(await refusalIn(await ask({ redirect_uri: `${uri}/x` }, cursor))).toBe(
      'page 400 invalid_request',
    )
  })

  test.each([['not JSON'], ['[]'], ['{}'], ['{"redirect_uris":[]}'], ['{"redirect_uris":[7]}']])(
    'of %s is refused',
    async (body) => {
      const response = await toWorker(`${WORKER}/register`, { ...json(null), body })
      expect(response.status).toBe(400)
    },
  )

  test('reads no huge body', async () => {
    const body = { redirect_uris: [REDIRECT], client_name: 'x'.repeat(65 * 1024) }
    const response = await toWorker(`${WORKER}/register`, json(body))
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ error: 'invalid_request' })
  })
})

test('a document that lists an address for nobody is of no use there', async () => {
  const clientId = `https://app.test/${crypto.randomUUID()}/client.json`
  const uri = 'ms-settings:privacy'
  await serveDocument(clientId, {
    client_id: clientId,
    client_name: 'An app',
    redirect_uris: [REDIRECT, uri],
  })
  expect(await refusalIn(await ask({ redirect_uri: uri }, { ...client, clientId }))).toBe(
    'page 400 invalid_request',
  )
})

test.each([
  ['no document', 'https://nobody.test/client.json'],
  ['nobody', 'unknown'],
  ['a key that is too long to exist', 'x'.repeat(2_000)],
  ['nothing', null],
])('a client id of %s is refused', async (_what, clientId) => {
  expect(await refusalIn(await ask({ client_id: clientId }))).toBe('page 400 invalid_request')
})

describe('PKCE', () => {
  test.each([
    ['plain', { code_challenge_method: 'plain' }],
    ['a method that is left out, which means plain', { code_challenge_method: null }],
    ['another method', { code_challenge_method: 'S512' }],
    ['no challenge', { code_challenge: null, code_challenge_method: null }],
    ['a challenge that no SHA-256 has', { code_challenge: 'short' }],
  ])('with %s is refused', async (_what, more) => {
    expect(await refusalIn(await ask(more))).toBe('redirect invalid_request')
  })

  test('is required of a client with a secret, too', async () => {
    const confidential = await registered({ token_endpoint_auth_method: 'client_secret_post' })
    const more = { code_challenge: null, code_challenge_method: null }
    expect(await refusalIn(await ask(more, confidential))).toBe('redirect invalid_request')
  })
})

test('a token for somebody else’s resource is not to be had', async () => {
  for (const resource of ['https://evil.test/mcp', `${WORKER}/mcp/`, WORKER, 'x'])
    expect(await refusalIn(await ask({ resource }))).toBe('redirect invalid_target')
})

test('scopes that are not known here are not granted', async () => {
  expect(await refusalIn(await ask({ scope: 'admin' }))).toBe('redirect invalid_scope')
  expect(await refusalIn(await ask({ response_type: 'token' }))).toBe(
    'redirect unsupported_response_type',
  )
})

describe('what a client says of itself', () => {
  async function pageFor(name: string): Promise<string> {
    return (await ask({}, await registered({ client_name: name }))).text()
  }

  test('is shown as text', async () => {
    const text = await pageFor('</bdi><script>alert(1)</script><form action="//evil">&amp;"\'')
    expect(text).not.toContain('<script')
    expect(text).not.toContain('<form action')
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(text).toContain('&amp;amp;&quot;&#39;')
  })

  test('cannot change the order or the presence of what stands around it', async () => {
    const text = await pageFor('Claude\u202e\u2066\u200b\u0000\u{e0041}\nX')
    expect(text).toContain('Claude\\u{202e}\\u{2066}\\u{200b}\\u{0}\\u{e0041}\\u{a}X')
  })

  test('cannot push the rest off the screen', async () => {
    const text = await pageFor('x'.repeat(5_000))
    expect(text).toContain(`${'x'.repeat(80)}…`)
    expect(text).not.toContain('x'.repeat(81))
  })

  test('is said to be unchecked', async () => {
    expect(await pageFor('Claude')).toContain('nobody has checked it')
  })
})

describe('the consent page', () => {
  test('cannot be framed, scripted or sent elsewhere', async () => {
    const { headers } = await ask({})
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy.split('; ').filter((part) => !part.startsWith('style-src'))).toEqual([
      "default-src 'none'",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ])
    expect(policy).not.toContain('unsafe')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cache-control')).toContain('no-store')
    expect(headers.get('set-cookie')).toMatch(
      /^__Host-oauth-consent-\w+=\w+; Path=\/; Secure; HttpOnly; SameSite=Lax/,
    )
  })

  test('is answered without a redirect, which its own policy would stop', async () => {
    for (const decision of ['approve', 'deny']) {
      const browser = new Browser()
      const handle = await handleIn(await browser.open(await authorizationUrl(client)))
      const response = await browser.answer(handle, decision)
      expect(response.status).toBe(200)
      expect(response.headers.has('location')).toBe(false)
      await onwardIn(response)
    }
  })

  test('cannot be answered from another site, which has no cookie', async () => {
    const attacker = new Browser()
    const handle = await handleIn(await attacker.open(await authorizationUrl(client)))
    for (const decision of ['approve', 'deny'])
      expect(await refusalIn(await new Browser().answer(handle, decision))).toBe(
        'page 400 invalid_request',
      )
  })

  test('cannot be answered with the cookie of another question', async () => {
    const attacker = new Browser()
    const handle = await handleIn(await attacker.open(await authorizationUrl(client)))
    const victim = new Browser()
    await victim.open(await authorizationUrl(client))
    expect(await refusalIn(await victim.answer(handle, 'approve'))).toBe('page 400 invalid_request')
  })

  test('cannot be answered twice', async () => {
    const browser = new Browser()
    const handle = await handleIn(await browser.open(await authorizationUrl(client)))
    expect((await browser.answer(handle, 'approve')).status).toBe(200)
    expect(await refusalIn(await browser.answer(handle, 'approve'))).toBe(
      'page 400 invalid_request',
    )
  })

  test.each(['approve ', 'yes', '', 'APPROVE'])('is not allowed by “%s”', async (decision) => {
    const browser = new Browser()
    const handle = await handleIn(await browser.open(await authorizationUrl(client)))
    expect(await refusalIn(await browser.answer(handle, decision))).toBe('page 400 invalid_request')
  })

  test('takes no made-up handle, and no other kind of body', async () => {
    const browser = new Browser()
    const handle = await handleIn(await browser.open(await authorizationUrl(client)))
    expect(await refusalIn(await browser.answer(`${handle}x`, 'approve'))).toBe(
      'page 400 invalid_request',
    )
    expect(await refusalIn(await browser.answer('', 'approve'))).toBe('page 400 invalid_request')
    const answer = { method: 'POST', body: `handle=${handle}&decision=approve` }
    expect(await refusalIn(await browser.open(`${WORKER}/authorize`, answer))).toBe(
      'page 400 invalid_request',
    )
  })
})

test('only GET and POST are answered', async () => {
  const response = await toWorker(await authorizationUrl(client), { method: 'PUT' })
  expect(response.status).toBe(405)
})
