import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Discovered } from './discovery.ts'
import { ClaudeFailure } from './failure.ts'
import { USER_AGENT } from './identity.ts'
import type { ScriptedPerson } from './person.ts'

const TOKEN_MS = 10_000
const REFRESH_MS = 30_000

const Tokens = z.looseObject({
  access_token: z.string(),
  token_type: z.string().refine((type) => type.toLowerCase() === 'bearer'),
  expires_in: z.number().optional(),
  refresh_token: z.string().optional(),
})
const TokenError = z.looseObject({ error: z.string() })

/** A client that signs people in at one authorization server, for one resource. */
export class SignIn {
  accessToken: string
  refreshToken: string | null
  /** How often the tokens were renewed. */
  refreshes = 0
  readonly #at: Discovered
  readonly clientId: string
  /** Milliseconds since 1970. */
  #expires: number
  #renewing: Promise<void> | null = null

  private constructor(at: Discovered, clientId: string, tokens: z.infer<typeof Tokens>) {
    this.#at = at
    this.clientId = clientId
    this.accessToken = tokens.access_token
    this.refreshToken = tokens.refresh_token ?? null
    this.#expires = endOf(tokens)
  }

  /** Authorization code with PKCE S256, and `resource` in both requests (RFC 7636, RFC 8707). */
  static async begin(
    at: Discovered,
    clientId: string,
    callback: string,
    person: ScriptedPerson,
  ): Promise<SignIn> {
    const verifier = randomBytes(32).toString('base64url')
    const state = randomBytes(16).toString('base64url')
    const url = new URL(at.server.authorization_endpoint)
    const asked = {
      response_type: 'code',
      client_id: clientId,
      redirect_uri: callback,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      state,
      resource: at.resource,
      ...(at.scope !== null && { scope: at.scope }),
    }
    for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value)

    const walked = await person.walk(url, callback)
    if (walked.kind === 'stuck') throw failed(`the browser shows ${walked.status} ${walked.text}`)
    const code = codeIn(walked.url.searchParams, state, at)
    const tokens = await ask(
      at,
      {
        grant_type: 'authorization_code',
        code,
        redirect_uri: callback,
        client_id: clientId,
        code_verifier: verifier,
        resource: at.resource,
      },
      TOKEN_MS,
    )
    return new SignIn(at, clientId, tokens)
  }

  /** The header of a request; renewed first when its time is over. */
  async authorization(): Promise<string> {
    if (Date.now() >= this.#expires) await this.refresh()
    return `Bearer ${this.accessToken}`
  }

  /** Once for all who wait. Fails when the person has to sign in again. */
  async refresh(): Promise<void> {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = null
    })
    await this.#renewing
  }

  async #renew(): Promise<void> {
    if (this.refreshToken === null) throw failed('there is no refresh token')
    const tokens = await ask(
      this.#at,
      {
        grant_type: 'refresh_token',
        refresh_token: this.refreshToken,
        client_id: this.clientId,
        resource: this.#at.resource,
      },
      REFRESH_MS,
    )
    this.accessToken = tokens.access_token
    this.refreshToken = tokens.refresh_token ?? this.refreshToken
    this.#expires = endOf(tokens)
    this.refreshes += 1
  }
}

function codeIn(answer: URLSearchParams, state: string, at: Discovered): string {
  const { issuer, authorization_response_iss_parameter_supported: names } = at.server
  const [error, code, iss] = ['error', 'code', 'iss'].map((name) => answer.get(name))
  if (answer.get('state') !== state) throw failed('the state is not the one that was sent')
  // RFC 9207 §2.4: an issuer that is named must be the right one, and must be when it was announced.
  if (iss == null ? names : iss !== issuer) throw failed(`the answer is of another issuer: ${iss}`)
  if (code == null) throw failed(`no code: ${error}`)
  return code
}

async function ask(at: Discovered, form: Record<string, string>, ms: number) {
  const response = await fetch(at.server.token_endpoint, {
    method: 'POST',
    headers: { accept: 'application/json', 'user-agent': USER_AGENT },
    body: new URLSearchParams(form),
    signal: AbortSignal.timeout(ms),
  })
  const body: unknown = await response.json()
  if (response.ok) return Tokens.parse(body)
  const told = TokenError.safeParse(body)
  throw failed(`${response.status} ${told.success ? told.data.error : JSON.stringify(body)}`)
}

function endOf(tokens: z.infer<typeof Tokens>): number {
  return tokens.expires_in === undefined ? Infinity : Date.now() + tokens.expires_in * 1_000
}

function failed(why: string): ClaudeFailure {
  return new ClaudeFailure('Authorization with the MCP server failed', why)
}
