import { GrantProps } from './identity.ts'

const IV_BYTES = 12
const INFO = new TextEncoder().encode('mcpbox renewed grant')

/**
 * Seals what an upstream refresh token was renewed to, for whoever has that token: AES-GCM under a
 * key that is derived from it (HKDF with SHA-256, RFC 5869). The token is random and long, so that
 * no salt is needed.
 * @returns the initialization vector (12 bytes) and the ciphertext
 */
export async function sealGrant(
  props: GrantProps,
  token: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const text = new TextEncoder().encode(JSON.stringify(props))
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await keyOf(token), text)
  return new Uint8Array([...iv, ...new Uint8Array(sealed)])
}

/** Undoes {@link sealGrant}. Throws for what was sealed for another token, or changed. */
export async function openGrant(
  sealed: Uint8Array<ArrayBuffer>,
  token: string,
): Promise<GrantProps> {
  const iv = sealed.slice(0, IV_BYTES)
  const text = await crypto.subtle.decrypt(
    { name: 'AES-GCM', iv },
    await keyOf(token),
    sealed.slice(IV_BYTES),
  )
  return GrantProps.parse(JSON.parse(new TextDecoder().decode(text)))
}

async function keyOf(token: string): Promise<CryptoKey> {
  const secret = new TextEncoder().encode(token)
  const from = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey'])
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: INFO }
  const to = { name: 'AES-GCM', length: 256 }
  return crypto.subtle.deriveKey(derivation, from, to, false, ['encrypt', 'decrypt'])
}
