import { z } from 'zod'

/** Text of people and assistants, so long at most; PostgreSQL keeps neither NUL nor lone surrogates. */
export function writtenText(max: number) {
  return z
    .string()
    .max(max)
    .refine(
      (text) => !text.includes('\0') && text.isWellFormed(),
      'must be well-formed text without NUL',
    )
}
