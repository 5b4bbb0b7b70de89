import { z } from 'zod'
import { List, ServiceUrl } from '../bindings.ts'

/** `AUTH_MODE=access`: Cloudflare Access stands before the Worker and says who comes. */
export const AccessBindings = z.object({
  AUTH_MODE: z.literal('access'),
  /** `https://<team>.cloudflareaccess.com`, exactly as tokens name it. */
  ACCESS_ISSUER: ServiceUrl,
  /** Audience tags of the Access applications that may send people here, with commas between. */
  ACCESS_AUDIENCES: List.pipe(z.array(z.string()).min(1)),
  /** Where the issuer's keys are, when they are not where Access has them. */
  ACCESS_JWKS_URL: ServiceUrl.optional(),
})

export interface AccessSettings {
  mode: 'access'
  issuer: string
  audiences: string[]
  jwksUrl: URL
}

export function toAccess(is: z.infer<typeof AccessBindings>): AccessSettings {
  return {
    mode: 'access',
    issuer: is.ACCESS_ISSUER,
    audiences: is.ACCESS_AUDIENCES,
    jwksUrl: new URL(is.ACCESS_JWKS_URL ?? `${is.ACCESS_ISSUER}/cdn-cgi/access/certs`),
  }
}
