import type { z } from 'zod'
import type { Final } from './world.ts'

/** What a management tool told; null when it refused. */
export function factsOf<T>(schema: z.ZodType<T>, end: Final): T | null {
  if (end.type === 'problem') return null
  return schema.parse(end.result['structuredContent'])
}

/** Of a refusal, its code. */
export function refusedWith(end: Final): string | null {
  return end.type === 'problem' ? end.problem.code : null
}
