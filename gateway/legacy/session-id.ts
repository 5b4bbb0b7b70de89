import { z } from 'zod'
import type { ClientInfo } from '#contract/operation.ts'
import { principalKey, type Principal } from '#contract/principal.ts'
import { fromBase64Url, toBase64Url } from '../wire/base64url.ts'

/** All that a session id says; enough to serve the session after everything else is forgotten. */
export interface SessionClaims {
  /** Random name of the session, 128 bits. */
  id: string
  /** The protocol version that `initialize` settled on. */
  protocolVersion: string
  /** See client-capabilities.ts. */
  capabilities: number
  client: ClientInfo
  /** Seconds since 1970. */
  issuedAt: number
}

/** How long a session id is good for, in seconds: 30 days. */
export const SESSION_LIFETIME_S = 30 * 24 * 60 * 60
/** UTF-8 bytes kept of what a client calls itself, so that an id stays under 400 characters. */
const CLIENT_NAME_BYTES = 48
const CLIENT_VERSION_BYTES = 24
const LONGEST_ID = 400
const PREFIX = 'v1.'
const SHORTEST_KEY = 32

/** The claims as they are signed: a list, because names would double the length. */
const Packed = z.tuple([
  z.string().length(22),
  z.iso.date(),
  z.int().nonnegative(),
  z.string(),
  z.string(),
  z.int().positive(),
])

/**
 * Issues and checks session ids: `v1.<claims>.<HMAC-SHA256>`, visible ASCII as MCP 2025-11-25
 * (basic/transports, session management) asks. The signature also covers the principal, who is
 * not in the id: for anybody else it is a forgery.
 */
export class SessionIds {
  readonly #secret: string
  #key: CryptoKey | null = null
  readonly #now: () => number

  /** @param key at least 32 characters; the same in every isolate and replica */
  constructor(key: string, now: () => number) {
    if (key.length < SHORTEST_KEY) {
      throw new RangeError(`The session id key must have at least ${SHORTEST_KEY} characters`)
    }
    this.#secret = key
    this.#now = now
  }

  /** A new session of this principal. Nothing is stored: the id is all there is of it. */
  async issue(about: Omit<SessionClaims, 'id' | 'issuedAt'>, owner: Principal): Promise<string> {
    const claims: z.infer<typeof Packed> = [
      toBase64Url(crypto.getRandomValues(new Uint8Array(16))),
      about.protocolVersion,
      about.capabilities,
      shorten(about.client.name, CLIENT_NAME_BYTES),
      shorten(about.client.version, CLIENT_VERSION_BYTES),
      Math.floor(this.#now() / 1000),
    ]
    const body = toBase64Url(new TextEncoder().encode(JSON.stringify(claims)))
    const mac = await crypto.subtle.sign('HMAC', await this.#hmacKey(), signedText(body, owner))
    return `${PREFIX}${body}.${toBase64Url(new Uint8Array(mac))}`
  }

  /** The claims of an id, or null when it is forged, expired, or somebody else's. */
  async verify(id: string, by: Principal): Promise<SessionClaims | null> {
    if (id.length > LONGEST_ID || !id.startsWith(PREFIX)) return null
    const [body = '', mac = '', ...rest] = id.slice(PREFIX.length).split('.')
    const macBytes = fromBase64Url(mac)
    const bodyBytes = fromBase64Url(body)
    if (rest.length > 0 || macBytes === null || bodyBytes === null) return null
    const key = await this.#hmacKey()
    const genuine = await crypto.subtle.verify('HMAC', key, macBytes, signedText(body, by))
    return genuine ? this.#unexpired(new TextDecoder().decode(bodyBytes)) : null
  }

  /** Kept as a key, not as a promise: in workerd a promise belongs to the request that made it. */
  async #hmacKey(): Promise<CryptoKey> {
    const hmac = { name: 'HMAC', hash: 'SHA-256' }
    const bytes = new TextEncoder().encode(this.#secret)
    this.#key ??= await crypto.subtle.importKey('raw', bytes, hmac, false, ['sign', 'verify'])
    return this.#key
  }

  #unexpired(json: string): SessionClaims | null {
    const [id, protocolVersion, capabilities, name, version, issuedAt] = Packed.parse(
      JSON.parse(json),
    )
    if (expiryOf({ issuedAt }) <= this.#now()) return null
    return { id, protocolVersion, capabilities, client: { name, version }, issuedAt }
  }
}

/** When a session id stops being good, in milliseconds since 1970. */
export function expiryOf(claims: Pick<SessionClaims, 'issuedAt'>): number {
  return (claims.issuedAt + SESSION_LIFETIME_S) * 1000
}

function signedText(body: string, principal: Principal): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${PREFIX}${body}.${principalKey(principal)}`)
}

/** Cuts at a whole character; control characters, which JSON would spell out in six, are dropped. */
function shorten(text: string, maxBytes: number): string {
  const room = new Uint8Array(maxBytes)
  const { read } = new TextEncoder().encodeInto(text.replaceAll(/\p{Cc}/gu, ''), room)
  return text.replaceAll(/\p{Cc}/gu, '').slice(0, read)
}
