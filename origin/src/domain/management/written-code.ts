import { refuse } from '../refusal.ts'

/** Code as an author gives it: as text, or as base64 of its UTF-8. */
export interface WrittenCode {
  code?: string | undefined
  code_base64?: string | undefined
}

/**
 * The code that was given; undefined when none was.
 * @throws Refusal invalid_arguments
 */
export function writtenCode({ code, code_base64: encoded }: WrittenCode): string | undefined {
  return givenText('code', code, encoded)
}

/**
 * A text that was given as it is, or as base64 of its UTF-8; undefined when it was not.
 * @throws Refusal invalid_arguments
 */
export function givenText(
  field: string,
  plain: string | undefined,
  encoded: string | undefined,
): string | undefined {
  if (plain !== undefined && encoded !== undefined)
    return refuse('invalid_arguments', `Give \`${field}\` or \`${field}_base64\`, not both.`)
  if (encoded === undefined) return plain
  return textOf(bytesOf(`${field}_base64`, encoded), `${field}_base64`)
}

/** @throws Refusal invalid_arguments */
export function bytesOf(field: string, encoded: string): Buffer<ArrayBuffer> {
  const plain = encoded.replace(/\s+/g, '')
  const digits = plain.replace(/=+$/, '').length
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(plain) || digits % 4 === 1)
    refuse('invalid_arguments', `${field}: must be base64 (RFC 4648).`)
  return Buffer.from(plain, 'base64')
}

/** @throws Refusal invalid_arguments */
export function textOf(bytes: Uint8Array, field: string): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    if (!text.includes('\0')) return text
  } catch (fault) {
    if (!(fault instanceof TypeError)) throw fault
  }
  return refuse('invalid_arguments', `${field}: must be UTF-8 text without NUL.`)
}
