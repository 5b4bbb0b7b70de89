import { z } from 'zod'
import { pageOf } from './page.ts'

/** What an admin may set; each takes effect at every replica without a restart. */
export const SettingName = z.enum(['log_retention_days'])
export type SettingName = z.infer<typeof SettingName>

export const LogRetentionDays = z.int().min(1).max(3650)

export const SettingView = z.object({
  name: SettingName,
  value: z.int(),
  /** What it is while nobody has changed it. */
  default: z.int(),
  changed: z.boolean(),
})
export type SettingView = z.infer<typeof SettingView>
export const SettingList = pageOf(SettingView)

/** `PUT /api/settings/{name}`; null for the default again. */
export const SettingChange = z.strictObject({ value: LogRetentionDays.nullable() })
