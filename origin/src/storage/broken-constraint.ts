import { DrizzleQueryError } from 'drizzle-orm'

/** Whether a statement failed because it would have broken this constraint or unique index. */
export function breaks(fault: unknown, constraint: string): boolean {
  const cause = fault instanceof DrizzleQueryError ? fault.cause : null
  return cause instanceof Error && 'constraint' in cause && cause.constraint === constraint
}
