import { z } from 'zod'
import { refuse } from '../../../domain/refusal.ts'

/**
 * Where a list goes on: the key of the last item shown, as text whose form is nobody's business
 * but ours. It grants nothing: what is listed is what the asker may see anyway.
 */
export interface Cursor<K> {
  read(cursor: string | undefined): K | null
  write(key: K): string
}

/** @param schema of the key as JSON; dates are to be written as such */
export function cursorOf<S extends z.ZodType>(schema: S): Cursor<z.output<S>> & { schema: S } {
  return {
    schema,
    read(cursor) {
      if (cursor === undefined) return null
      const read = schema.safeParse(parsed(cursor))
      return read.success
        ? read.data
        : refuse('invalid_request', 'cursor: must be `next` of the page before')
    },
    write: (key) => Buffer.from(JSON.stringify(key)).toString('base64url'),
  }
}

/** A time in a cursor. */
export const cursorTime = z.iso.datetime().transform((text) => new Date(text))
/** A name in a cursor. */
export const cursorName = z.string().max(200).regex(/^\w+$/)

/**
 * A page of at most `limit` of these rows, of which one more was asked for, so that it is known
 * whether there is a next page.
 */
export function page<T, V, K>(
  rows: readonly T[],
  limit: number,
  { view, cursor, key }: { view: (row: T) => V; cursor: Cursor<K>; key: (row: T) => K },
): { items: V[]; next: string | null } {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map(view),
    next: rows.length > limit && last !== undefined ? cursor.write(key(last)) : null,
  }
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return null
  }
}
