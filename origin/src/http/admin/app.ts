import type { WorkerSecrets } from '#contract/admin-api.ts'
import type { Listing } from '../../domain/listing.ts'
import type { PackageSource } from '../../domain/packages/package-source.ts'
import type { Sandbox } from '../../domain/sandbox.ts'
import type { Stores, Within } from '../../domain/stores.ts'
import type { Logger } from '../../log.ts'
import { assertAddressedAs, localNames } from '../addressed-as.ts'
import { openDoor, type Door } from '../door.ts'
import { apiRoutes } from './api.ts'
import { authRoutes } from './auth.ts'
import { healthRoutes } from './health.ts'
import { internalRoutes } from './internal.ts'
import { servicesHealthRoutes } from './services-health.ts'
import { setupPage } from './setup-page.ts'

/** The admin door: signing in, reading, deciding. The same app at both its ports. */
export function adminDoor(parts: {
  stores: Stores
  within: Within
  bearerKey: string
  deployKey: string
  worker: WorkerSecrets
  allowedHosts: readonly string[]
  databaseAnswers: () => Promise<void>
  sandbox: Pick<Sandbox, 'health'>
  packages: PackageSource
  listing: Listing
  version: string
  log: Logger
}): Door {
  const door = openDoor('admin', parts.log)
  const names = localNames(parts.allowedHosts)
  door.route('/health', healthRoutes(parts))
  door.use(async (c, next) => {
    assertAddressedAs(c, names)
    await next()
  })
  door.route('/health/services', servicesHealthRoutes(parts))
  door.route('/setup', setupPage(parts.within))
  door.route('/auth', authRoutes(parts))
  door.route('/api', apiRoutes(parts))
  door.route('/internal', internalRoutes(parts))
  return door
}
