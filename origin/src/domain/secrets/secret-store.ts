import type { Name, SecretName } from '#contract/names.ts'

/** Named values of a server. Values come out for an execution only; names and dates for people. */
export interface SecretStore {
  set(serverId: string, name: SecretName, value: string): Promise<void>
  /** @returns false when there was none. */
  remove(serverId: string, name: SecretName): Promise<boolean>
  list(server: Name): Promise<{ name: SecretName; updatedAt: Date }[]>
  values(server: Name, names: readonly SecretName[]): Promise<Map<SecretName, string>>
}
