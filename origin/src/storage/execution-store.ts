import { and, count, desc, eq, gte, lt, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import type { ExecutionStore } from '../domain/executions/execution-store.ts'
import type { Db } from './database.ts'
import { executions, versions } from './schema.ts'
import { storableText } from './storable-text.ts'

export function pgExecutionStore(db: Db): ExecutionStore {
  const select = () =>
    db
      .select({ execution: executions, version: versions.number, hash: versions.hash })
      .from(executions)
      .innerJoin(versions, eq(versions.id, executions.versionId))

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

    async recent({ limit, before = null, ...filter }) {
      const is = (column: AnyPgColumn, value: string | undefined) =>
        value === undefined ? undefined : eq(column, value)
      const rows = await select()
        .where(
          and(
            is(executions.tool, filter.tool),
            is(versions.toolId, filter.toolId),
            is(executions.kind, filter.kind),
            is(executions.outcome, filter.outcome),
            is(executions.principal, filter.principal),
            is(executions.requestId, filter.requestId),
            filter.since === undefined ? undefined : gte(executions.startedAt, filter.since),
            filter.until === undefined ? undefined : lt(executions.startedAt, filter.until),
            before === null
              ? undefined
              : sql`(${executions.startedAt}, ${executions.id}) < (${before.startedAt.toISOString()}::timestamptz, ${before.id}::uuid)`,
          ),
        )
        .orderBy(desc(executions.startedAt), desc(executions.id))
        .limit(limit)
      return rows.map(({ execution, ...ran }) => ({ ...execution, ...ran }))
    },

    async execution(id) {
      const [row] = await select().where(eq(executions.id, id))
      if (row === undefined) return null
      const { execution, ...ran } = row
      return { ...execution, ...ran }
    },
  }
}
