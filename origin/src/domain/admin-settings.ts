import { complaints } from '#contract/complaints.ts'
import { SETTINGS, type SettingName, type SettingValue } from '#contract/admin-door/settings.ts'
import type { Doer } from './activity.ts'
import { refuse } from './refusal.ts'
import type { SettingStore } from './settings.ts'
import type { Stores } from './stores.ts'

/** What admins may set, as it is while none of them has. */
export type SettingDefaults = { [N in SettingName]: SettingValue<N> }

/** The value in force. */
export async function settingValue<N extends SettingName>(
  settings: Pick<SettingStore, 'get'>,
  defaults: SettingDefaults,
  name: N,
): Promise<{ value: SettingDefaults[N]; changed: boolean }> {
  const kept = await settings.get(name)
  if (kept === null) return { value: defaults[name], changed: false }
  const value = SETTINGS[name].parse(typeof defaults[name] === 'number' ? Number(kept) : kept)
  return { value: value as SettingDefaults[N], changed: true }
}

/**
 * @param value null for the default again
 * @throws Refusal invalid_request when it is none for this setting
 */
export async function changeSetting(
  { settings, activity }: Pick<Stores, 'settings' | 'activity'>,
  by: Doer,
  name: SettingName,
  value: SettingValue | null,
): Promise<void> {
  const read = SETTINGS[name].nullable().safeParse(value)
  if (!read.success) refuse('invalid_request', `value: ${complaints(read.error)}`)
  if (value === null) await settings.remove(name)
  else await settings.set(name, String(value))
  await activity.record({ ...by, action: 'setting.changed', subject: name, details: { value } })
}
