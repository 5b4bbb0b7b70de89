import { z } from 'zod'
import { HostGrant, normalHostGrant } from './host-grant.ts'
import { SecretName } from './names.ts'

/** Name, then perhaps a host, then perhaps a header. Neither a name nor a host has `@` or `/`. */
const PARTS = /^([^@/]*)(?:@([^@/]*)(?:\/(.*))?)?$/s
/** A field name (RFC 9110, 5.1), in lower case, since its case says nothing. */
const HEADER = /^[!#$%&'*+\-.^_`|~0-9a-z]{1,100}$/

/**
 * The one way to write a grant, or null when the text is none: `API_KEY` (the code reads the value),
 * `API_KEY@api.example.com` (only the broker sends it, only there) or
 * `API_KEY@api.example.com/x-api-key` (and only in that header).
 */
export function normalSecretGrant(text: string): string | null {
  const [, name = '', written, header] = PARTS.exec(text) ?? []
  if (!SecretName.safeParse(name).success) return null
  if (written === undefined) return name
  const host = normalHostGrant(written)
  if (host === null) return null
  if (header === undefined) return `${name}@${host}`
  return HEADER.test(header.toLowerCase()) ? `${name}@${host}/${header.toLowerCase()}` : null
}

/** One line of a manifest: a secret that a version may use, and how, in its normal form. */
export const SecretGrant = z
  .string()
  .max(470)
  .refine((text) => normalSecretGrant(text) === text, {
    error:
      'must be the name of a secret in upper case, best with the one host that it is sent to and ' +
      'the header in lower case, such as `API_KEY@api.example.com/authorization`, ' +
      '`API_KEY@api.example.com` or `API_KEY`',
    abort: true,
  })
  .brand('SecretGrant')
export type SecretGrant = z.infer<typeof SecretGrant>

/** Where the broker sends a bound secret. Without a header that is anywhere in a request. */
type SecretPlace = { host: HostGrant; header: string | null }

/** Splits a grant. `place` is null when the code reads the value itself. */
export function readSecretGrant(grant: SecretGrant): {
  name: SecretName
  place: SecretPlace | null
} {
  const [, name, host, header = null] = PARTS.exec(grant) ?? []
  return {
    name: SecretName.parse(name),
    place: host === undefined ? null : { host: HostGrant.parse(host), header },
  }
}

/** What the code holds of a bound secret; the broker puts the value in its place. */
export function placeholder(name: SecretName): string {
  return `{{secret:${name}}}`
}
