/** What a client must be granted to use MCP here. There is nothing less, and nothing more. */
export const SCOPE = 'mcp'

/** Asks for refresh tokens (OpenID Connect Core §11). They are given without it, too. */
export const OFFLINE = 'offline_access'

/**
 * What of the asked scopes a person is asked to allow; null when none of them is known here.
 * Nothing asked is everything there is (RFC 6749 §3.3).
 */
export function grantable(asked: readonly string[]): string[] | null {
  if (asked.length > 0 && !asked.includes(SCOPE)) return null
  return asked.includes(OFFLINE) ? [SCOPE, OFFLINE] : [SCOPE]
}
