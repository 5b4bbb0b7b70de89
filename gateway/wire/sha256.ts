import { toBase64Url } from './base64url.ts'

/** SHA-256 (FIPS 180-4) of a text in UTF-8, or of bytes, in base64url: 43 characters. */
export async function sha256(data: string | ArrayBuffer): Promise<string> {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data
  return toBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}
