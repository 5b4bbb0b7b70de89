import { RESOURCE_METADATA_PATH } from '../challenge.ts'

/** Where the authorization server answers, on the Worker's own host. */
export const AUTHORIZE = '/authorize'
export const TOKEN = '/token'
export const REGISTER = '/register'
/** Where people come back to from the identity provider, which must know this address. */
export const CALLBACK = '/callback'
/** RFC 8414 §3. */
export const SERVER_METADATA = '/.well-known/oauth-authorization-server'
/** RFC 9728 §3.1, for `/mcp`; and without its path, where some clients look first. */
export const RESOURCE_METADATA = [RESOURCE_METADATA_PATH, '/.well-known/oauth-protected-resource']

/** What tokens are good for (RFC 8707), as clients write it. */
export function resourceOf(publicUrl: string): string {
  return `${publicUrl}/mcp`
}
