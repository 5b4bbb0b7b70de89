import { z } from 'zod'
import { bound, isLoopback, Secret, ServiceUrl } from '../bindings.ts'

/** How the origin is reached: through a Workers VPC service, or at a public hostname behind Access. */
export const OriginBindings = z.object({
  /** The Workers VPC service; without it, the origin is reached by its public hostname. */
  ORIGIN: bound<Fetcher>('fetch').optional(),
  /** The tunnel door. Where ORIGIN is bound, that decides where a request goes, and this names it. */
  ORIGIN_URL: z.url({ protocol: /^https?$/ }),
  /** Service token of the Access application before the public hostname. */
  ORIGIN_ACCESS_CLIENT_ID: z.string().min(1).optional(),
  ORIGIN_ACCESS_CLIENT_SECRET: z.string().min(1).optional(),
  /** Travels with every request to the origin. */
  SERVICE_TOKEN: Secret,
  /** Signs the statement about each request; never travels. */
  ASSERTION_KEY: Secret,
})

export interface OriginSettings {
  url: URL
  serviceToken: string
  assertionKey: string
  /** Carries requests to the origin, as `fetch` does. */
  fetch: (url: URL, init: RequestInit) => Promise<Response>
  /** What Access before the origin asks for; null where nothing is before it. */
  access: { clientId: string; clientSecret: string } | null
}

/** The settings, or the names of those that are missing for the way that was chosen. */
export function toOrigin(is: z.infer<typeof OriginBindings>): OriginSettings | { missing: string } {
  const common = {
    url: new URL(is.ORIGIN_URL),
    serviceToken: is.SERVICE_TOKEN,
    assertionKey: is.ASSERTION_KEY,
  }
  const { ORIGIN: service, ORIGIN_URL: url } = is
  if (service !== undefined)
    return { ...common, fetch: (to, init) => service.fetch(to, init), access: null }
  // By name at the time of the call: what stands in its place in tests is then met, too.
  const overInternet = { ...common, fetch: (to: URL, init: RequestInit) => fetch(to, init) }
  if (!ServiceUrl.safeParse(url).success) return { missing: 'ORIGIN_URL' }
  const { ORIGIN_ACCESS_CLIENT_ID: clientId, ORIGIN_ACCESS_CLIENT_SECRET: clientSecret } = is
  const hasNeither = clientId === undefined && clientSecret === undefined
  if (isLoopback(url) && hasNeither) return { ...overInternet, access: null }
  if (clientId === undefined) return { missing: 'ORIGIN_ACCESS_CLIENT_ID' }
  if (clientSecret === undefined) return { missing: 'ORIGIN_ACCESS_CLIENT_SECRET' }
  return { ...overInternet, access: { clientId, clientSecret } }
}
