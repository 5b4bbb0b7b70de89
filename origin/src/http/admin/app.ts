import { Hono } from 'hono'
import type { SettingDefaults } from '../../domain/admin-settings.ts'
import type { Listing } from '../../domain/listing.ts'
import type { NoticeBoard } from '../../domain/notices.ts'
import type { PackageSource } from '../../domain/packages/package-source.ts'
import type { Stores, Within } from '../../domain/stores.ts'
import type { Logger } from '../../log.ts'
import type { Metrics } from '../../metrics/metrics.ts'
import { assertAddressedAs, localNames } from '../addressed-as.ts'
import { openDoor, type Door } from '../door.ts'
import { apiRoutes } from './api/routes.ts'
import { authRoutes } from './auth.ts'
import { openHealthRoutes } from './health/open.ts'
import { serviceHealthRoutes, type ServiceParts } from './health/services.ts'
import { internalRoutes, type InternalParts } from './internal.ts'
import type { AdminEnv } from './signed-in.ts'
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
    /** Null: nothing is measured. */
    metrics: Metrics | null
    metricsToken: string | null
    log: Logger
  },
): Door {
  const door = openDoor('admin', parts.log, parts.metrics?.http ?? null)
  const names = localNames(parts.allowedHosts)
  openHealthRoutes(door, parts)
  door.use(async (c, next) => {
    assertAddressedAs(c, names)
    await next()
  })
  if (parts.metrics !== null)
    metricsRoute(door, { metrics: parts.metrics, token: parts.metricsToken })
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
