import { OAuthAuthorizationServer } from '@cloudflare/workers-oauth-provider'
import { note } from '../../log.ts'
import type { OAuthSettings } from '../oauth-settings.ts'
import { AUTHORIZE, REGISTER, resourceOf, TOKEN } from './addresses.ts'
import type { GrantStorage } from './grant-storage.ts'
import { recipientOf } from './redirect-policy.ts'
import { OFFLINE, SCOPE } from './scope.ts'
import type { TokenPolicy } from './token-policy.ts'

export type AuthorizationServer = OAuthAuthorizationServer<GrantStorage>

/**
 * The OAuth 2.1 authorization server for MCP at this Worker, and for nothing else: PKCE with S256,
 * refresh tokens that rotate (the one before stays good until the new one is used), registration by
 * RFC 7591 and by client ID metadata documents, revocation at the token endpoint (RFC 7009).
 */
export function authorizationServer(
  publicUrl: string,
  { accessTokenS }: Pick<OAuthSettings, 'accessTokenS'>,
  policy: TokenPolicy,
): AuthorizationServer {
  return new OAuthAuthorizationServer<GrantStorage>({
    issuer: publicUrl,
    resources: [resourceOf(publicUrl)],
    authorizeEndpoint: AUTHORIZE,
    tokenEndpoint: TOKEN,
    clientRegistrationEndpoint: REGISTER,
    clientRegistrationCallback: ({ clientMetadata }) => refusedRedirects(clientMetadata),
    clientIdMetadataDocumentEnabled: true,
    // Which of them are taken is said more exactly by recipientOf, at registration and at every use.
    allowPrivateUseRedirectUris: true,
    scopesSupported: [SCOPE, OFFLINE],
    accessTokenTTL: accessTokenS,
    tokenExchangeCallback: policy.apply,
    onError({ code, status, internal: { category, reason } }) {
      note('oauth_refused', { code, status, category, reason })
    },
  })
}

/** RFC 7591 §3.2.2, for a client that names a redirect URI which none may use. */
function refusedRedirects(
  metadata: Record<string, unknown>,
): { code: string; description: string } | undefined {
  const uris = metadata['redirect_uris']
  const taken = Array.isArray(uris) && uris.every((uri) => recipientOf(String(uri)) !== null)
  if (taken) return undefined
  const description =
    'A redirect URI is https, http on a loopback address, or has the scheme of a native app.'
  return { code: 'invalid_redirect_uri', description }
}
