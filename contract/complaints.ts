import type { z } from 'zod'

/** What a schema found wrong, as one sentence that names each place. */
export function complaints(error: z.ZodError, between = '; '): string {
  return error.issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    .join(between)
}
