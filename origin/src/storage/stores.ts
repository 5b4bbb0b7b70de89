import { sql } from 'drizzle-orm'
import type { Stores, Within } from '../domain/stores.ts'
import { activityKeptLast, pgActivityStore } from './activity-store.ts'
import { pgAdminStore } from './admin-store.ts'
import { pgApprovalStore } from './approval-store.ts'
import type { Cipher } from './cipher.ts'
import type { Db } from './database.ts'
import { pgCodePartStore } from './code-part-store.ts'
import { pgExecutionStore } from './execution-store.ts'
import { pgGrantStore } from './grant-store.ts'
import { pgOperationStore } from './operation-store.ts'
import { pgPermissionStore } from './permission-store.ts'
import { pgPolicyStore } from './policy-store.ts'
import { pgPrincipalStore } from './principal-store.ts'
import { pgReadingStore } from './reading-store.ts'
import { pgSecretStore } from './secret-store.ts'
import { pgSettingStore } from './setting-store.ts'
import { pgTestStore } from './test-store.ts'
import { pgToolDirectory } from './tool-directory.ts'
import { pgToolIndex } from './tool-index.ts'
import { pgToolStore } from './tool-store.ts'

/** All stores over one database or one transaction. */
export function pgStores(db: Db, cipher: Cipher): Stores {
  return {
    tools: pgToolStore(db),
    directory: pgToolDirectory(db),
    toolIndex: pgToolIndex(db),
    readings: pgReadingStore(db),
    tests: pgTestStore(db),
    approvals: pgApprovalStore(db),
    codeParts: pgCodePartStore(db),
    grants: pgGrantStore(db),
    permissions: pgPermissionStore(db),
    policies: pgPolicyStore(db),
    executions: pgExecutionStore(db),
    operations: pgOperationStore(db),
    principals: pgPrincipalStore(db),
    secrets: pgSecretStore(db, cipher),
    admins: pgAdminStore(db),
    settings: pgSettingStore(db, cipher),
    activity: pgActivityStore(db),
    async catalogChanged() {
      await db.execute(sql`select pg_notify('mcpbox_catalog', '')`)
    },
    async grantsChanged() {
      await db.execute(sql`select pg_notify('mcpbox_grants', '')`)
    },
    async tunnelKeysChanged() {
      await db.execute(sql`select pg_notify('mcpbox_tunnel_keys', '')`)
    },
  }
}

/** Units of work as database transactions. */
export function pgWithin(db: Db, cipher: Cipher): Within {
  return (work) =>
    db.transaction(async (tx) => {
      const activity = activityKeptLast(tx)
      const done = await work({ ...pgStores(tx, cipher), activity: activity.store })
      await activity.keep()
      return done
    })
}
