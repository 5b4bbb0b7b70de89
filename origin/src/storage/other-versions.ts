import { and, eq, gt, isNotNull, lte, ne, or } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { ManifestLine } from '#contract/manifest.ts'
import { addressOf } from '#contract/publication.ts'
import type { Version } from '../domain/tools/version.ts'
import type { Db } from './database.ts'
import { toLine } from './granted-lines.ts'
import { grants, versions } from './schema.ts'

/** What other versions say of one; see ToolStore. */

export async function wasAnothersLive(db: Db, { toolId, publication }: Version): Promise<boolean> {
  const others = await db.$count(
    versions,
    and(
      eq(versions.kind, publication.kind),
      eq(versions.address, addressOf(publication)),
      ne(versions.toolId, toolId),
      isNotNull(versions.approvalId),
    ),
  )
  return others > 0
}

export async function takenBackSince(
  db: Db,
  { id, toolId }: Version,
  now: Date,
): Promise<ManifestLine[]> {
  const own = alias(grants, 'own')
  const rows = await db
    .selectDistinct({ kind: grants.kind, value: grants.value })
    .from(grants)
    .innerJoin(versions, eq(versions.id, grants.versionId))
    .innerJoin(
      own,
      and(eq(own.versionId, id), eq(own.kind, grants.kind), eq(own.value, grants.value)),
    )
    .where(
      and(
        eq(versions.toolId, toolId),
        ne(versions.id, id),
        gt(grants.grantedAt, own.grantedAt),
        or(isNotNull(grants.revokedAt), lte(grants.expiresAt, now)),
      ),
    )
  return rows.map(toLine)
}
