import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_ID_BYTES = 4

/**
 * Seals values with AES-256-GCM (NIST SP 800-38D). A sealed value is
 * `key id (4) | nonce (12) | ciphertext | tag (16)` and opens only with the same `place`, the row
 * and column it was sealed for, so values cannot be swapped between rows.
 */
export interface Cipher {
  seal(place: string, value: string): Uint8Array
  /** @throws when the key, the place or a single bit differs. */
  open(place: string, sealed: Uint8Array): string
}

/** @param keyHex 64 hex digits, from MCPBOX_ENCRYPTION_KEY. */
export function aesCipher(keyHex: string): Cipher {
  const key = Buffer.from(keyHex, 'hex')
  const keyId = createHash('sha256')
    .update('mcpbox key id')
    .update(key)
    .digest()
    .subarray(0, KEY_ID_BYTES)
  return {
    seal(place, value) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place))
      const body = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()])
      return Buffer.concat([keyId, nonce, body, cipher.getAuthTag()])
    },
    open(place, sealed) {
      const bytes = Buffer.from(sealed)
      if (bytes.length < KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES)
        throw new Error(`the sealed value at ${place} is cut short`)
      if (!bytes.subarray(0, KEY_ID_BYTES).equals(keyId))
        throw new Error(`the value at ${place} was sealed with another MCPBOX_ENCRYPTION_KEY`)
      const nonce = bytes.subarray(KEY_ID_BYTES, KEY_ID_BYTES + NONCE_BYTES)
      const decipher = createDecipheriv('aes-256-gcm', key, nonce)
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(bytes.length - TAG_BYTES))
      const body = bytes.subarray(KEY_ID_BYTES + NONCE_BYTES, bytes.length - TAG_BYTES)
      return decipher.update(body, undefined, 'utf8') + decipher.final('utf8')
    },
  }
}
