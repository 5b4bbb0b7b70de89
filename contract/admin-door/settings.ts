import { z } from 'zod'
import { ApprovalPolicy } from '../approval-policy.ts'
import { pageOf } from './page.ts'

export const LogRetentionDays = z.int().min(1).max(3650)

/** What an admin may set, and to what; each takes effect at every replica without a restart. */
export const SETTINGS = {
  /** By which rules versions are approved without a person; see docs/admin-api.md. */
  approval_policy: ApprovalPolicy,
  /** Executions and activity end after so many days. */
  log_retention_days: LogRetentionDays,
  /** Whether management tools that destroy may be called through the Worker. */
  remote_destructive: z.boolean(),
} as const
export const SettingName = z.enum(Object.keys(SETTINGS) as (keyof typeof SETTINGS)[])
export type SettingName = z.infer<typeof SettingName>
export type SettingValues = { [name in SettingName]: z.infer<(typeof SETTINGS)[name]> }

const SettingValue = z.union(Object.values(SETTINGS))

export const SettingView = z.object({
  name: SettingName,
  value: SettingValue,
  /** What it is while nobody has changed it. */
  default: SettingValue,
  changed: z.boolean(),
})
export type SettingView = z.infer<typeof SettingView>
/** By name. */
export const SettingList = pageOf(SettingView)

/** `PUT /api/settings/{name}`; null for the default again. */
export const SettingChange = z.strictObject({ value: SettingValue.nullable() })
