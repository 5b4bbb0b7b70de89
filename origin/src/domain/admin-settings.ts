import { LogRetentionDays, type SettingName } from '#contract/admin-door/settings.ts'
import type { Doer } from './activity.ts'
import type { SettingStore } from './settings.ts'
import type { Stores } from './stores.ts'

/** What admins may set, as it is while none of them has. */
export type SettingDefaults = Record<SettingName, number>

/** The value in force. */
export async function settingValue(
  settings: Pick<SettingStore, 'get'>,
  defaults: SettingDefaults,
  name: SettingName,
): Promise<{ value: number; changed: boolean }> {
  const kept = await settings.get(name)
  if (kept === null) return { value: defaults[name], changed: false }
  return { value: LogRetentionDays.parse(Number(kept)), changed: true }
}

/** @param value null for the default again */
export async function changeSetting(
  { settings, activity }: Pick<Stores, 'settings' | 'activity'>,
  by: Doer,
  name: SettingName,
  value: number | null,
): Promise<void> {
  if (value === null) await settings.remove(name)
  else await settings.set(name, String(value))
  await activity.record({ ...by, action: 'setting.changed', subject: name, details: { value } })
}
