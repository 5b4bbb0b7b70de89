import type { SettingName } from '#contract/admin-door/settings.ts'

/** What the installation keeps for itself, and what its admins set. */
export type SettingKey =
  | SettingName
  | 'setup_token'
  | 'tunnel_keys'
  | 'deployment'
  | 'session_key'
  | 'worker_session_key'
  | 'bearer_key'

export interface SettingStore {
  /** Keeps every other unit of work that locks it from going on until this one ends. */
  lock(key: SettingKey): Promise<void>
  get(key: SettingKey): Promise<string | null>
  /** `get`, and nobody else changes the value before this unit of work ends. */
  locked(key: SettingKey): Promise<string | null>
  /** Stores the value unless there is one; gives the one that is now stored. */
  keep(key: SettingKey, value: string): Promise<string>
  set(key: SettingKey, value: string): Promise<void>
  /** @returns true for the one caller who removed it. */
  remove(key: SettingKey): Promise<boolean>
}
