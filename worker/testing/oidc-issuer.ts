import { SignJWT, UnsecuredJWT } from 'jose'
import { sha256 } from '#gateway/wire/sha256.ts'
import { accessTeam, type Claims } from './access-team.ts'
import { OAUTH_BINDINGS as IS } from './oauth-bindings.ts'
import { Login, type Mood } from './oidc-login.ts'
import { TEST_BINDINGS } from './test-bindings.ts'

interface Visit {
  login: Login
  nonce: string
  challenge: string
}

/** A tiny OpenID provider that rotates refresh tokens and holds the Worker to all it must send. */
export interface OidcIssuer {
  handle(request: Request): Promise<Response>
  setMood(sub: string, mood: Mood): void
}

export function oidcIssuer(): OidcIssuer {
  const issuer = accessTeam('oidc')
  const stranger = accessTeam('oidc')
  const codes = new Map<string, Visit>()
  const refreshTokens = new Map<string, Login>()
  const moods = new Map<string, Mood>()

  /** The page at which a person signs in; tests say in the address who does, and how. */
  function signIn({ searchParams: asked }: URL): Response {
    const expected = {
      response_type: 'code',
      client_id: IS.OIDC_CLIENT_ID,
      redirect_uri: `${TEST_BINDINGS.PUBLIC_URL}/callback`,
      scope: 'openid email offline_access',
      code_challenge_method: 'S256',
    }
    for (const [name, value] of Object.entries(expected))
      if (asked.get(name) !== value) return new Response(`Wrong ${name}`, { status: 400 })
    const login = Login.parse(JSON.parse(asked.get('login') ?? ''))
    const back = new URL(expected.redirect_uri)
    back.searchParams.set('state', asked.get('state') ?? '')
    if (login.error !== undefined) back.searchParams.set('error', login.error)
    else back.searchParams.set('code', codeFor(login, asked))
    return new Response(null, { status: 302, headers: { location: back.href } })
  }

  function codeFor(login: Login, asked: URLSearchParams): string {
    const code = crypto.randomUUID()
    const nonce = asked.get('nonce') ?? ''
    codes.set(code, { login, nonce, challenge: asked.get('code_challenge') ?? '' })
    return code
  }

  async function token(form: URLSearchParams): Promise<Response> {
    const isClient =
      form.get('client_id') === IS.OIDC_CLIENT_ID &&
      form.get('client_secret') === IS.OIDC_CLIENT_SECRET
    if (!isClient) return Response.json({ error: 'invalid_client' }, { status: 401 })
    const given = form.get('code') ?? form.get('refresh_token') ?? ''
    const visit = codes.get(given)
    const login = visit?.login ?? refreshTokens.get(given)
    if (login === undefined) return invalidGrant()
    const mood = moods.get(login.sub) ?? 'well'
    if (mood === 'silent') return new Promise(() => {})
    if (mood === 'failing') return new Response('down', { status: 500 })
    if (mood === 'confused') return new Response('<h1>Hello</h1>')
    codes.delete(given)
    refreshTokens.delete(given)
    if (mood === 'removed') return invalidGrant()
    if (visit && visit.challenge !== (await sha256(form.get('code_verifier') ?? '')))
      return invalidGrant()
    const refreshToken = crypto.randomUUID()
    if (login.givesRefreshToken) refreshTokens.set(refreshToken, login)
    return Response.json({
      access_token: 'unused',
      id_token: await idToken(login, visit?.nonce),
      ...(login.givesRefreshToken && { refresh_token: refreshToken }),
    })
  }

  async function idToken(login: Login, nonce: string | undefined): Promise<string> {
    const claims = claimsOf(login, nonce)
    switch (login.signature) {
      case 'issuer':
        return (await issuer).sign(claims)
      case 'somebody_else':
        return (await stranger).sign(claims)
      case 'nobody':
        return new UnsecuredJWT(claims).encode()
      case 'client_secret':
        return new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256' })
          .sign(new TextEncoder().encode(IS.OIDC_CLIENT_SECRET))
    }
  }

  return {
    async handle(request) {
      const url = new URL(request.url)
      if (url.pathname === '/jwks') return (await issuer).certs()
      if (url.pathname === '/authorization') return signIn(url)
      return token(new URLSearchParams(await request.text()))
    },
    setMood(sub, mood) {
      moods.set(sub, mood)
    },
  }
}

function claimsOf({ sub, claims, claimsLater }: Login, nonce: string | undefined): Claims {
  const iat = Math.floor(Date.now() / 1000)
  const whole: Claims = {
    iss: IS.OIDC_ISSUER,
    aud: IS.OIDC_CLIENT_ID,
    sub,
    email: `${sub}@example.com`,
    email_verified: true,
    iat,
    exp: iat + 300,
    ...(nonce === undefined ? claimsLater : { nonce, ...claims }),
  }
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== null))
}

function invalidGrant(): Response {
  return Response.json({ error: 'invalid_grant' }, { status: 400 })
}
