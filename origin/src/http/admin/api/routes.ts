import { Hono } from 'hono'
import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import type { SettingDefaults } from '../../../domain/admin-settings.ts'
import type { Listing } from '../../../domain/listing.ts'
import type { NoticeBoard } from '../../../domain/notices.ts'
import type { PackageSource } from '../../../domain/packages/package-source.ts'
import type { Stores, Within } from '../../../domain/stores.ts'
import type { Logger } from '../../../log.ts'
import { signedIn, type AdminEnv } from '../signed-in.ts'
import { activityRoutes } from './activity.ts'
import { approvalRoutes } from './approvals.ts'
import { deletedToolRoutes } from './deleted-tools.ts'
import { executionRoutes } from './executions.ts'
import { grantRoutes } from './grants.ts'
import { openApi } from './openapi.ts'
import { permissionRequestRoutes } from './permission-requests.ts'
import { permissionRoutes } from './permissions.ts'
import { policyRoutes } from './policies.ts'
import { secretRoutes } from './secrets.ts'
import { serve } from './serve.ts'
import { serverRoutes } from './servers.ts'
import { settingRoutes } from './settings.ts'
import { signInRoutes } from './sign-ins.ts'
import { toolRoutes } from './tools.ts'

/** `/api`: what a signed-in admin reads, decides and changes; see contract/admin-door/endpoints.ts. */
export function apiRoutes(parts: {
  stores: Stores
  within: Within
  notices: NoticeBoard
  bearerKey: string
  packages: PackageSource
  settingDefaults: SettingDefaults
  listing: Listing
  log: Logger
}) {
  const routes = new Hono<AdminEnv>()
  routes.use('/api/*', signedIn(parts.stores.admins, parts.bearerKey))
  approvalRoutes(routes, parts)
  grantRoutes(routes, parts)
  permissionRequestRoutes(routes, parts)
  permissionRoutes(routes, parts)
  policyRoutes(routes, parts)
  executionRoutes(routes, parts.stores)
  activityRoutes(routes, parts)
  serverRoutes(routes, parts)
  toolRoutes(routes, parts)
  deletedToolRoutes(routes, parts.stores)
  secretRoutes(routes, parts)
  settingRoutes(routes, parts)
  signInRoutes(routes, parts)
  serve(routes, ENDPOINTS.getOpenApi, async () => openApi())
  return routes
}
