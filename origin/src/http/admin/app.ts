import { Hono, type Context } from 'hono'
import type { SettingDefaults } from '../../domain/admin-settings.ts'
import type { Listing } from '../../domain/listing.ts'
import type { NoticeBoard } from '../../domain/notices.ts'
import type { PackageSource } from '../../domain/packages/package-source.ts'
import type { Stores, Within } from '../../domain/stores.ts'
import type { Logger } from '../../log.ts'
import type { Metrics } from '../../metrics/metrics.ts'
import { Refusal } from '../../domain/refusal.ts'
import { assertAddressedAs, assertNotByAnotherSite, localNames } from '../addressed-as.ts'
import { openDoor, type Door, type DoorEnv } from '../door.ts'
import { apiRoutes } from './api/routes.ts'
import { authRoutes } from './auth.ts'
import { openHealthRoutes } from './health/open.ts'
import { serviceHealthRoutes, type ServiceParts } from './health/services.ts'
import { internalRoutes, type InternalParts } from './internal.ts'
import { signInOf, type AdminEnv } from './signed-in.ts'
import { isMcpPath } from '#gateway/quirks/mcp-path.ts'
import type { RateLimiter } from '../../domain/rate/rate-limiter.ts'
import { addressKey, type TrustedProxies } from '../client-address.ts'
import { rateLimited } from '../rate-limited.ts'
import { metricsRoute } from './metrics.ts'
import { secretLinkPage } from './secret-link-page.ts'
import { setupPage } from './setup-page.ts'

/** The admin door: signing in, reading, deciding. The same app at both its ports. */
export function adminDoor(
  parts: ServiceParts & {
    stores: Stores
    within: Within
    internal: InternalParts
    allowedHosts: readonly string[]
    packages: PackageSource
    notices: NoticeBoard
    settingDefaults: SettingDefaults
    listing: Listing
    trusted: TrustedProxies
    /** Null: nobody is kept from asking too often. */
    rate: RateLimiter | null
    /** Null: nothing is measured. */
    metrics: Metrics | null
    metricsToken: string | null
    log: Logger
  },
): Door {
  const { log, trusted } = parts
  const door = openDoor('admin', { log, metrics: parts.metrics?.http ?? null, trusted })
  const names = localNames(parts.allowedHosts)
  openHealthRoutes(door, parts)
  door.use('/secret-links/*', async (c, next) => {
    c.set('shownPath', '/secret-links/…')
    await next()
  })
  door.use(async (c, next) => {
    assertAddressedAs(c, names)
    assertNotByAnotherSite(c)
    await next()
  })
  if (parts.metrics !== null)
    metricsRoute(door, { metrics: parts.metrics, token: parts.metricsToken })
  if (parts.rate !== null) door.use(rateLimited(parts.rate, askerIn(parts)))
  const health = new Hono<AdminEnv>()
  serviceHealthRoutes(health, parts)
  door.route('/', health)
  door.route('/setup', setupPage(parts.within))
  door.route('/secret-links', secretLinkPage(parts))
  door.route('/', authRoutes(parts))
  door.route('/', apiRoutes(parts))
  door.route('/internal', internalRoutes(parts))
  return door
}

/**
 * Whose budget a request is on: that of the sign-in it comes with, or else of its address. MCP for this
 * machine has one of its own, which its routes take from.
 */
function askerIn({ stores, bearerKey }: Pick<ServiceParts, 'stores' | 'bearerKey'>) {
  return async (c: Context<DoorEnv>): Promise<string | null> => {
    if (isMcpPath(new URL(c.req.url))) return null
    try {
      const signIn = await signInOf(c, stores.admins, bearerKey)
      if (signIn !== null) return `sign-in ${signIn.signInId}`
    } catch (fault) {
      // Whoever is let in nowhere with it takes from the budget of strangers.
      if (!(fault instanceof Refusal)) throw fault
    }
    return `address ${addressKey(c.get('address'))}`
  }
}
