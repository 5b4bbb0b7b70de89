import type { JsonObject } from '#contract/json.ts'
import { sql } from '../databases.ts'
import { rowsOf } from './rows-of.ts'
import { readStandings, type Standing } from './standing.ts'
import type { Ground } from './world.ts'

export interface KeptActivity {
  id: number
  actor: string
  action: string
  subject: string
  details: JsonObject
}

export interface KeptApproval {
  id: string
  version: string
  hash: string
  state: string
  decided_by: string | null
  policy: string | null
}

export interface KeptExecution {
  id: string
  kind: string
  outcome: string
  hash: string
  version: string
  tool: string
}

/** What the database holds, read past everything that MCPbox reads it with. */
export interface Kept {
  approvals: KeptApproval[]
  versions: readonly Standing[]
  /** What has been done to what there is, as the ledger says it. */
  facts: Record<string, string>
  executions: KeptExecution[]
  activity: KeptActivity[]
  activityBefore: readonly KeptActivity[]
  /** All rows of all tables, as text. */
  everything: string
}

export async function readKept(
  { opened, tables }: Ground,
  activityBefore: readonly KeptActivity[],
): Promise<Kept> {
  const rows = sql.join(
    tables.map(
      (table) => sql`(select string_agg(one::text, ' ') from ${sql.identifier(table)} one)`,
    ),
    sql`, `,
  )
  const statement = sql`select
    (select coalesce(json_agg(json_build_object('id', a.id, 'version', a.version_id,
      'hash', a.hash, 'state', a.state, 'decided_by', d.username, 'policy', a.decided_by_policy)), '[]') from approvals a left join admins d on d.id = a.decided_by) approvals,
    (select coalesce(json_object_agg(name, fact), '{}') from (
      select 'grant ' || id name, case when revoked_at is null then 'granted' else 'revoked' end fact from grants
      union all select 'permission ' || id, case when revoked_at is null then 'granted' else 'revoked' end from permissions
      union all select 'tool ' || id, case when deleted_at is null then 'there' else 'deleted' end from tools
      union all select 'server ' || name, case when stopped_by is null then 'running'
        when stopped_by like 'admin:%' then 'stopped by an admin' else 'stopped by an assistant' end
        from servers where deleted_at is null) facts) facts,
    (select coalesce(json_agg(json_build_object('id', e.id, 'kind', e.kind, 'outcome', e.outcome,
      'hash', v.hash, 'version', v.id, 'tool', e.tool)), '[]') from executions e join versions v on v.id = e.version_id) executions,
    (select coalesce(json_agg(json_build_object('id', id, 'actor', actor, 'action', action,
      'subject', subject, 'details', details) order by id), '[]') from activity) activity,
    concat(${rows}) everything`
  const [kept] = await rowsOf<Omit<Kept, 'activityBefore' | 'versions'>>(opened, statement)
  if (kept === undefined) throw new Error('the database told nothing')
  return { ...kept, versions: await readStandings(opened), activityBefore }
}
