import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_ID_BYTES = 4

/**
 * Seals values with AES-256-GCM (NIST SP 800-38D). A sealed value is
 * `key id (4) | nonce (12) | ciphertext | tag (16)` and opens only with the same `place`, the row
 * and column it was sealed for, so values cannot be swapped between rows. All is sealed with the
 * current key; what was sealed with an earlier one opens as long as that is in the ring.
 */
export interface Cipher {
  seal(place: string, value: string): Uint8Array
  /** @throws when the key is not in the ring, or the place or a single bit differs. */
  open(place: string, sealed: Uint8Array): string
  /** False for a value that is to be sealed anew before its key is taken out of the ring. */
  isCurrent(sealed: Uint8Array): boolean
}

/**
 * @param current 64 hex digits, from MCPBOX_ENCRYPTION_KEY
 * @param previous the same, from MCPBOX_PREVIOUS_ENCRYPTION_KEYS
 */
export function aesCipher(current: string, previous: readonly string[] = []): Cipher {
  const key = Buffer.from(current, 'hex')
  const keyId = idOf(key)
  const ring = new Map(
    [...previous.map((hex) => Buffer.from(hex, 'hex')), key].map((one) => [
      idOf(one).toString('hex'),
      one,
    ]),
  )
  if (ring.size < previous.length + 1) throw new Error('two keys of the ring have one id')

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
      const its = ring.get(bytes.subarray(0, KEY_ID_BYTES).toString('hex'))
      if (its === undefined)
        throw new Error(`the value at ${place} was sealed with another MCPBOX_ENCRYPTION_KEY`)
      const nonce = bytes.subarray(KEY_ID_BYTES, KEY_ID_BYTES + NONCE_BYTES)
      const decipher = createDecipheriv('aes-256-gcm', its, nonce)
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(bytes.length - TAG_BYTES))
      const body = bytes.subarray(KEY_ID_BYTES + NONCE_BYTES, bytes.length - TAG_BYTES)
      return decipher.update(body, undefined, 'utf8') + decipher.final('utf8')
    },

    isCurrent: (sealed) => Buffer.from(sealed).subarray(0, KEY_ID_BYTES).equals(keyId),
  }
}

function idOf(key: Buffer): Buffer {
  return createHash('sha256').update('mcpbox key id').update(key).digest().subarray(0, KEY_ID_BYTES)
}
