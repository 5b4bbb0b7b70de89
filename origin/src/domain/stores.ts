import type { ActivityStore } from './activity.ts'
import type { AdminStore } from './admins/admin-store.ts'
import type { GrantStore } from './grants/grant-store.ts'
import type { PermissionStore } from './permissions/permission-store.ts'
import type { PolicyStore } from './policies/policy-store.ts'
import type { ApprovalStore } from './approvals/approval-store.ts'
import type { ExecutionStore } from './executions/execution-store.ts'
import type { OperationStore } from './operations/operation-store.ts'
import type { ReadingStore } from './reading/reading-store.ts'
import type { PrincipalStore } from './principals.ts'
import type { SecretStore } from './secrets/secret-store.ts'
import type { SettingStore } from './settings.ts'
import type { TestStore } from './tool-tests/test-store.ts'
import type { ToolIndex } from './finding/tool-index.ts'
import type { CodePartStore } from './tools/code-parts.ts'
import type { ToolDirectory } from './tools/tool-directory.ts'
import type { ToolStore } from './tools/tool-store.ts'

/** Everything that is kept, seen from inside one unit of work. */
export interface Stores {
  tools: ToolStore
  directory: ToolDirectory
  toolIndex: ToolIndex
  readings: ReadingStore
  tests: TestStore
  approvals: ApprovalStore
  codeParts: CodePartStore
  grants: GrantStore
  permissions: PermissionStore
  policies: PolicyStore
  executions: ExecutionStore
  operations: OperationStore
  principals: PrincipalStore
  secrets: SecretStore
  admins: AdminStore
  settings: SettingStore
  activity: ActivityStore
  /** Tells every replica, when this unit of work is kept, that the catalog changed. */
  catalogChanged(): Promise<void>
  /** The same of what versions and drafts may use. */
  grantsChanged(): Promise<void>
  /** The same of the tunnel's keys. */
  tunnelKeysChanged(): Promise<void>
}

/**
 * Runs `work` so that all of it is kept or none of it. Inside, use only the stores it is given,
 * and wait for nothing but them.
 */
export type Within = <T>(work: (stores: Stores) => Promise<T>) => Promise<T>
