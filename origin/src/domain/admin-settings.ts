import { SETTINGS, type SettingName, type SettingValues } from '#contract/admin-door/settings.ts'
import { complaints } from '#contract/complaints.ts'
import type { Doer } from './activity.ts'
import { DEFAULT_POLICY } from './policies/in-force.ts'
import { refuse } from './refusal.ts'
import type { SettingStore } from './settings.ts'
import type { Stores } from './stores.ts'

/** What admins may set, as it is while none of them has. */
export type SettingDefaults = SettingValues

/** Defaults that no installation changes. */
export const FIXED_DEFAULTS = {
  approval_policy: DEFAULT_POLICY,
  remote_destructive: false,
} as const

/** The value in force. */
export async function settingValue<N extends SettingName>(
  settings: Pick<SettingStore, 'get'>,
  defaults: Pick<SettingDefaults, N>,
  name: N,
): Promise<{ value: SettingValues[N]; changed: boolean }> {
  const kept = await settings.get(name)
  if (kept === null) return { value: defaults[name], changed: false }
  return { value: SETTINGS[name].parse(JSON.parse(kept)) as SettingValues[N], changed: true }
}

/**
 * @param value null for the default again
 * @throws Refusal invalid_request, when this setting cannot be that
 */
export async function changeSetting(
  { settings, activity }: Pick<Stores, 'settings' | 'activity'>,
  by: Doer,
  name: SettingName,
  value: SettingValues[SettingName] | null,
): Promise<void> {
  const read = SETTINGS[name].nullable().safeParse(value)
  if (!read.success) refuse('invalid_request', `value: ${complaints(read.error)}`)
  if (value === null) await settings.remove(name)
  else await settings.set(name, JSON.stringify(value))
  await activity.record({ ...by, action: 'setting.changed', subject: name, details: { value } })
}
