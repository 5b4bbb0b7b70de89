import type { JsonObject } from '#contract/json.ts'
import { sql } from '../databases.ts'
import { rowsOf, type Ground } from './world.ts'

export interface KeptActivity {
  id: number
  actor: string
  action: string
  subject: string
  details: JsonObject
}

/** What the database holds, read past everything that MCPbox reads it with. */
export interface Kept {
  approvals: { id: string; hash: string; state: string; decided_by: string | null }[]
  versions: { wire: string; state: string; hash: string; approval: string | null }[]
  executions: { id: string; kind: string; outcome: string; hash: string; tool: string }[]
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
    (select coalesce(json_agg(json_build_object('id', a.id, 'hash', a.hash, 'state', a.state,
      'decided_by', d.username)), '[]') from approvals a left join admins d on d.id = a.decided_by) approvals,
    (select coalesce(json_agg(json_build_object('wire', s.name || '__' || t.name, 'state', v.state,
      'hash', v.hash, 'approval', v.approval_id)), '[]')
      from versions v join tools t on t.id = v.tool_id join servers s on s.id = t.server_id) versions,
    (select coalesce(json_agg(json_build_object('id', e.id, 'kind', e.kind, 'outcome', e.outcome,
      'hash', v.hash, 'tool', e.tool)), '[]') from executions e join versions v on v.id = e.version_id) executions,
    (select coalesce(json_agg(json_build_object('id', id, 'actor', actor, 'action', action,
      'subject', subject, 'details', details) order by id), '[]') from activity) activity,
    concat(${rows}) everything`
  const [kept] = await rowsOf<Omit<Kept, 'activityBefore'>>(opened, statement)
  if (kept === undefined) throw new Error('the database told nothing')
  return { ...kept, activityBefore }
}
