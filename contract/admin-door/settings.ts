import { z } from 'zod'
import { ApprovalPolicy } from '../approval-policy.ts'
import { pageOf } from './page.ts'

export const LogRetentionDays = z.int().min(1).max(3650)

/** What an admin may set, and to what; each takes effect at every replica without a restart. */
export const SETTINGS = {
  approval_policy: ApprovalPolicy,
  log_retention_days: LogRetentionDays,
} as const

export const SettingName = z.enum(['approval_policy', 'log_retention_days'])
export type SettingName = z.infer<typeof SettingName>
export type SettingValue<N extends SettingName = SettingName> = z.infer<(typeof SETTINGS)[N]>

const Value = z.union(Object.values(SETTINGS))

export const SettingView = z.object({
  name: SettingName,
  value: Value,
  /** What it is while nobody has changed it. */
  default: Value,
  changed: z.boolean(),
})
export type SettingView = z.infer<typeof SettingView>
/** By name. */
export const SettingList = pageOf(SettingView)

/** `PUT /api/settings/{name}`; null for the default again. */
export const SettingChange = z.strictObject({ value: Value.nullable() })
