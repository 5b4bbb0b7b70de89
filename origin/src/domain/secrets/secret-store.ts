import type { Name, SecretName } from '#contract/names.ts'

/** What people may know of a secret: everything but its value. */
export interface Secret {
  id: string
  server: Name
  serverId: string
  name: SecretName
  description: string
  hasValue: boolean
  /** Actors; see activity.ts. */
  createdBy: string
  createdAt: Date
  updatedBy: string
  updatedAt: Date
}

/** What behind a link, that is good still, can be set once. */
export interface SecretLink {
  id: string
  createdBy: string
  secret: Secret
}

/** Named values of a server. Values come out for an execution only. */
export interface SecretStore {
  /** A secret without a value. @returns false when there is one of this name. */
  declare(
    serverId: string,
    secret: { name: SecretName; description: string; by: string },
  ): Promise<boolean>
  /** In place of the value there was; makes the secret where there is none. */
  set(serverId: string, name: SecretName, value: string, by: string): Promise<void>
  describe(id: string, description: string, by: string): Promise<void>
  /** @returns false when there was none. */
  remove(serverId: string, name: SecretName): Promise<boolean>

  /** All of a server. */
  removeAll(serverId: string): Promise<void>

  /** For a change that depends on it: nobody else changes it until this unit of work ends. */
  locked(server: Name, name: SecretName): Promise<Secret | null>
  secret(server: Name, name: SecretName): Promise<Secret | null>
  /** By name, above `after`. */
  list(server: Name, page: { after: string | null; limit: number }): Promise<Secret[]>
  /** Those of a tool's server, where they have one. */
  values(toolId: string, names: readonly SecretName[]): Promise<Map<SecretName, string>>

  addLink(link: {
    secretId: string
    tokenHash: string
    by: string
    expiresAt: Date
  }): Promise<string>
  /** Null for a link that is unknown, used or expired. */
  link(tokenHash: string): Promise<SecretLink | null>
  /** The same, for the one caller who uses it. */
  useLink(tokenHash: string): Promise<SecretLink | null>
  forgetLinksExpiredBefore(time: Date): Promise<void>
}
