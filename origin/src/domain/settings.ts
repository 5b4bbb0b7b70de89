/** What the installation keeps for itself. */
export type SettingKey =
  | 'setup_token'
  | 'tunnel_keys'
  | 'deployment'
  | 'session_key'
  | 'worker_session_key'
  | 'bearer_key'

export interface SettingStore {
  get(key: SettingKey): Promise<string | null>
  /** `get`, and nobody else changes the value before this unit of work ends. */
  locked(key: SettingKey): Promise<string | null>
  /** Stores the value unless there is one; gives the one that is now stored. */
  keep(key: SettingKey, value: string): Promise<string>
  set(key: SettingKey, value: string): Promise<void>
  /** @returns true for the one caller who removed it. */
  remove(key: SettingKey): Promise<boolean>
}
