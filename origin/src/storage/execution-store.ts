import { and, count, desc, eq } from 'drizzle-orm'
import type { ExecutionStore } from '../domain/executions/execution-store.ts'
import type { Db } from './database.ts'
import { executions, versions } from './schema.ts'
import { storableText } from './storable-text.ts'

export function pgExecutionStore(db: Db): ExecutionStore {
  return {
    async add(execution) {
      await db
        .insert(executions)
        .values({
          ...execution,
          detail: execution.detail === null ? null : storableText(execution.detail),
          result: execution.result === null ? null : storableText(execution.result),
          stdout: storableText(execution.stdout),
        })
        .onConflictDoNothing({ target: executions.id })
    },

    async callsByTool() {
      const rows = await db
        .select({ toolId: versions.toolId, calls: count() })
        .from(executions)
        .innerJoin(versions, eq(versions.id, executions.versionId))
        .where(eq(executions.kind, 'call'))
        .groupBy(versions.toolId)
      return new Map(rows.map(({ toolId, calls }) => [toolId, calls]))
    },

    async recent({ tool, principal, limit }) {
      const rows = await db
        .select({ execution: executions, hash: versions.hash })
        .from(executions)
        .innerJoin(versions, eq(versions.id, executions.versionId))
        .where(
          and(
            tool === undefined ? undefined : eq(executions.tool, tool),
            principal === undefined ? undefined : eq(executions.principal, principal),
          ),
        )
        .orderBy(desc(executions.startedAt))
        .limit(limit)
      return rows.map(({ execution, hash }) => ({ ...execution, hash }))
    },
  }
}
