import { randomBytes } from 'node:crypto'
import {
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTPayload,
} from 'jose'

interface SigningKey {
  id: string
  privateKey: CryptoKey
  jwk: JWK
}

/** RS256 keys as Access keeps them: one signs, and the one before it is still published. */
export class SigningKeys {
  #signing: SigningKey
  #previous: SigningKey | null = null

  private constructor(first: SigningKey) {
    this.#signing = first
  }

  static async create(): Promise<SigningKeys> {
    return new SigningKeys(await newKey())
  }

  /** The keys that tokens may be signed with (RFC 7517 §5). */
  get published(): { keys: JWK[] } {
    const previous = this.#previous === null ? [] : [this.#previous.jwk]
    return { keys: [this.#signing.jwk, ...previous] }
  }

  /** A new key signs from now on; the one that signed stays published, an older one does not. */
  async rotate(): Promise<void> {
    const next = await newKey()
    this.#previous = this.#signing
    this.#signing = next
  }

  /** Ends the days in which the previous key is still good. */
  retirePrevious(): void {
    this.#previous = null
  }

  sign(payload: JWTPayload): Promise<string> {
    const { id, privateKey } = this.#signing
    return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: id }).sign(privateKey)
  }
}

async function newKey(): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const id = randomBytes(32).toString('hex')
  const jwk = { ...(await exportJWK(publicKey)), kid: id, alg: 'RS256', use: 'sig' }
  return { id, privateKey, jwk }
}
