import { lineText, manifestLines, type Manifest } from '#contract/manifest.ts'
import { sql, type Opened } from '../databases.ts'
import { rowsOf } from './rows-of.ts'

/** One version as the database has it, with all that decides whether it may run. */
export interface Standing {
  id: string
  wire: string
  hash: string
  code: string
  manifest: Manifest
  state: string
  /** Its tool, or the server of it. */
  deleted: boolean
  stopped: boolean
  /** The approval that it was last made live by. */
  approval: string | null
  /** Whether that is an approval, and of this version as its hash names it. */
  approved: boolean
  /** The rule that approved it; null when a person did, or nobody. */
  policy: string | null
  /** Its lines that are granted, and neither revoked nor over. */
  in_force: string[]
  /** What stands permitted to drafts of its tool. */
  permitted: string[]
}

const now = sql`revoked_at is null and (expires_at is null or expires_at > now())`

export function readStandings(opened: Opened): Promise<Standing[]> {
  return rowsOf<Standing>(
    opened,
    sql`select v.id, s.name || '__' || t.name wire, v.hash, v.code, v.manifest, v.state,
      t.deleted_at is not null or s.deleted_at is not null deleted, s.stopped_at is not null stopped,
      v.approval_id approval, a.decided_by_policy policy,
      coalesce(a.state = 'approved' and a.version_id = v.id and a.hash = v.hash, false) approved,
      (select coalesce(json_agg(kind || ' ' || value), '[]') from grants
        where version_id = v.id and approval_id = v.approval_id and ${now}) in_force,
      (select coalesce(json_agg(kind || ' ' || value), '[]') from permissions
        where server_id = s.id and (tool_id is null or tool_id = t.id) and ${now}) permitted
    from versions v join tools t on t.id = v.tool_id join servers s on s.id = t.server_id
      left join approvals a on a.id = v.approval_id`,
  )
}

/** Lines of a manifest, as they are compared. */
export function linesOf(manifest: Manifest): string[] {
  return manifestLines(manifest).map(lineText)
}

/** Whether clients are offered it. */
export function isOffered({ state, deleted, stopped }: Standing): boolean {
  return state === 'live' && !deleted && !stopped
}

/** Whether a call of it may begin. */
export function mayRun(standing: Standing): boolean {
  return isOffered(standing) && standing.approved && isWhole(standing)
}

/** Whether each of its lines is in force. */
export function isWhole({ manifest, in_force: inForce }: Standing): boolean {
  return linesOf(manifest).every((line) => inForce.includes(line))
}
