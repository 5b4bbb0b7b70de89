import { writtenText } from '../written-text.ts'
import { z } from 'zod'

/** Items of one page, and where the next page begins: the `cursor` to ask for it with. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() })
}

/** What every list takes. A cursor is what the page before gave as `next`; its form is ours. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(500).default(50).describe('Most items of the page'),
  cursor: z.string().max(500).optional().describe('`next` of the page before'),
}

/** Text to look for. */
export function soughtText(max: number) {
  return writtenText(max).min(1)
}

/** A time as people and programs write it (RFC 3339). */
export const time = z.iso.datetime({ offset: true })
