import { type SQL, sql, type SQLWrapper } from 'drizzle-orm'
import { z } from 'zod'
import { LineKind } from '#contract/manifest.ts'
import { SecretGrant } from '#contract/secret-grant.ts'
import type { GrantedLine } from '../domain/grants/grant.ts'
import type { Term } from '../domain/grants/term.ts'
import { admins, grants } from './schema.ts'

/** Columns of a term, with the name of who revoked it. */
interface TermRow {
  expiresAt: Date | null
  revokedAt: Date | null
  revocationReason: string | null
  revokedBy: string | null
}

/** What a row says of how long something is granted. */
export function toTerm({ expiresAt, revokedAt, revocationReason, revokedBy }: TermRow): Term {
  const revoked =
    revokedAt === null
      ? null
      : { by: revokedBy ?? 'somebody', at: revokedAt, reason: revocationReason ?? '' }
  return { expiresAt, revoked }
}

/** A line as it is kept. */
export function toLine({ kind, value }: { kind: LineKind; value: string }) {
  return kind === 'secret' ? { kind, value: SecretGrant.parse(value) } : { kind, value }
}

/** All lines that were ever granted of a version, as JSON, for one column of a query. */
export function grantedLinesOf(versionId: SQLWrapper): SQL {
  return sql`(
    select coalesce(json_agg(json_build_object(
      'kind', ${grants.kind}, 'value', ${grants.value}, 'expiresAt', ${grants.expiresAt},
      'revokedAt', ${grants.revokedAt}, 'revocationReason', ${grants.revocationReason},
      'revokedBy', ${admins.username})), '[]')
    from ${grants} left join ${admins} on ${admins.id} = ${grants.revokedBy}
    where ${grants.versionId} = ${versionId})`
}

const Moment = z
  .string()
  .transform((text) => new Date(text))
  .nullable()
const Lines = z.array(
  z.object({
    kind: LineKind,
    value: z.string(),
    expiresAt: Moment,
    revokedAt: Moment,
    revocationReason: z.string().nullable(),
    revokedBy: z.string().nullable(),
  }),
)

/** What {@link grantedLinesOf} gives. */
export function toGrantedLines(column: unknown): GrantedLine[] {
  return Lines.parse(column).map((row) => ({ ...toLine(row), ...toTerm(row) }))
}
