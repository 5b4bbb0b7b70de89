import { eq } from 'drizzle-orm'
import type { PolicyStore } from '../domain/policies/policy-store.ts'
import type { Db } from './database.ts'
import { servers } from './schema.ts'

export function pgPolicyStore(db: Db): PolicyStore {
  return {
    async ofServer(serverId) {
      const [row] = await db
        .select({ policy: servers.approvalPolicy })
        .from(servers)
        .where(eq(servers.id, serverId))
        .for('share')
      return row?.policy ?? null
    },

    async setOfServer(serverId, policy) {
      await db.update(servers).set({ approvalPolicy: policy }).where(eq(servers.id, serverId))
    },
  }
}
