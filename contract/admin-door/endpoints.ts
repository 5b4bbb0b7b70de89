import { ACCESS_ENDPOINTS } from './endpoints/access.ts'
import { TOOL_ENDPOINTS } from './endpoints/tools.ts'
import { DECISION_ENDPOINTS } from './endpoints/decisions.ts'
import { HEALTH_ENDPOINTS } from './endpoints/health.ts'
import { GRANT_ENDPOINTS } from './endpoints/grants.ts'
import { LOG_ENDPOINTS } from './endpoints/log.ts'
import { PERMISSION_ENDPOINTS } from './endpoints/permissions.ts'
import { SECRET_ENDPOINTS } from './endpoints/secrets.ts'
import { SETTING_ENDPOINTS } from './endpoints/settings.ts'
import type { Endpoint } from './endpoint.ts'

/**
 * Every route of the admin door but MCP, `/metrics` and `/internal`: what validates requests, and what the
 * OpenAPI document is made from. Keys are its operation ids.
 */
export const ENDPOINTS = {
  ...HEALTH_ENDPOINTS,
  ...ACCESS_ENDPOINTS,
  ...TOOL_ENDPOINTS,
  ...DECISION_ENDPOINTS,
  ...GRANT_ENDPOINTS,
  ...PERMISSION_ENDPOINTS,
  ...LOG_ENDPOINTS,
  ...SECRET_ENDPOINTS,
  ...SETTING_ENDPOINTS,
} satisfies Record<string, Endpoint>
