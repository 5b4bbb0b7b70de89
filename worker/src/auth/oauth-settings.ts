import { z } from 'zod'
import { bound, ServiceUrl } from '../bindings.ts'

const Scopes = z
  .string()
  .transform((text) => text.split(' ').filter((scope) => scope !== ''))
  .refine((scopes) => scopes.includes('openid'), 'must name openid')

/** `AUTH_MODE=oauth`: the Worker issues tokens itself, to people who sign in at an OIDC provider. */
export const OAuthBindings = z.object({
  AUTH_MODE: z.literal('oauth'),
  /** Of the Access for SaaS application, with its endpoints as its discovery document has them. */
  OIDC_ISSUER: ServiceUrl,
  OIDC_CLIENT_ID: z.string().min(1),
  OIDC_CLIENT_SECRET: z.string().min(1),
  OIDC_AUTHORIZATION_URL: ServiceUrl,
  OIDC_TOKEN_URL: ServiceUrl,
  OIDC_JWKS_URL: ServiceUrl,
  /** What is asked of it, with spaces between. A provider without `offline_access` may refuse it. */
  OIDC_SCOPES: Scopes.default(['openid', 'email', 'offline_access']),
  /**
   * Whether its tokens must say that an address is verified. `when_stated` is for a provider that
   * lets in nobody whose address it has not verified, and then does not say so (Cloudflare Access).
   */
  OIDC_EMAIL_VERIFIED: z.enum(['always', 'when_stated']).default('always'),
  /** How long an access token is good, in seconds; KV, where they are kept, knows no less than 60. */
  OAUTH_ACCESS_TOKEN_S: z.coerce.number().int().min(60).max(86_400).default(28_800),
  /** Where clients, grants and tokens are kept. */
  OAUTH_KV: bound<KVNamespace>('getWithMetadata'),
})

export interface OAuthSettings {
  mode: 'oauth'
  issuer: string
  clientId: string
  clientSecret: string
  authorizationUrl: URL
  tokenUrl: URL
  jwksUrl: URL
  scopes: string[]
  emailVerified: 'always' | 'when_stated'
  /** In seconds. */
  accessTokenS: number
  kv: KVNamespace
}

export function toOAuth(is: z.infer<typeof OAuthBindings>): OAuthSettings {
  return {
    mode: 'oauth',
    issuer: is.OIDC_ISSUER,
    clientId: is.OIDC_CLIENT_ID,
    clientSecret: is.OIDC_CLIENT_SECRET,
    authorizationUrl: new URL(is.OIDC_AUTHORIZATION_URL),
    tokenUrl: new URL(is.OIDC_TOKEN_URL),
    jwksUrl: new URL(is.OIDC_JWKS_URL),
    scopes: is.OIDC_SCOPES,
    emailVerified: is.OIDC_EMAIL_VERIFIED,
    accessTokenS: is.OAUTH_ACCESS_TOKEN_S,
    kv: is.OAUTH_KV,
  }
}
