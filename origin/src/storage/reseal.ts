import { sql } from 'drizzle-orm'
import { aesCipher } from './cipher.ts'
import type { Db } from './database.ts'
import { SEALED_COLUMNS } from './sealed-values.ts'

/** What was done with the values of one table. */
export interface Resealed {
  table: string
  /** Sealed anew; or, in a dry run, that would be. */
  sealedAnew: number
  /** Those that the new key had sealed already. */
  already: number
}

/** A value that neither the new nor any old key opens. */
export class DoesNotOpen extends Error {
  override readonly name = 'DoesNotOpen'
}

/**
 * Seals everything that is sealed with the new key, all of it or nothing: each value is opened before
 * any is written, and each that was written is read back and opened with the new key alone. Done again
 * after it was broken off, it finds everything as it was. Whoever writes a sealed value meanwhile
 * waits for the end; readers do not.
 * @param keys 64 hex digits each; `to` is none of `from`
 * @param step called after each value that was written, before all of it is kept
 * @throws DoesNotOpen, and then nothing was changed
 */
export async function reseal(
  db: Db,
  { from, to, dryRun }: { from: readonly string[]; to: string; dryRun: boolean },
  step: () => Promise<void> = async () => {},
): Promise<Resealed[]> {
  const ring = aesCipher(to, from)
  const alone = aesCipher(to)
  return db.transaction(async (tx) => {
    for (const { table } of SEALED_COLUMNS)
      await tx.execute(sql`lock table ${sql.identifier(table)} in exclusive mode`)
    const columns = []
    for (const { table, values } of SEALED_COLUMNS) {
      const all = (await values(tx)).map((value) => ({
        ...value,
        text: opened(value.place, value.sealed),
      }))
      columns.push({ table, all, old: all.filter(({ sealed }) => !ring.isCurrent(sealed)) })
    }
    if (!dryRun)
      for (const { place, text, replace } of columns.flatMap(({ old }) => old)) {
        const kept = await replace(alone.seal(place, text))
        if (kept === undefined || alone.open(place, kept) !== text)
          throw new Error(`the value at ${place} was not kept as it was written`)
        await step()
      }
    return columns.map(({ table, all, old }) => ({
      table,
      sealedAnew: old.length,
      already: all.length - old.length,
    }))
  })

  function opened(place: string, sealed: Uint8Array): string {
    try {
      return ring.open(place, sealed)
    } catch (cause) {
      throw new DoesNotOpen(
        `Neither the old nor the new key opens the value at ${place}. Nothing was changed.`,
        { cause },
      )
    }
  }
}
