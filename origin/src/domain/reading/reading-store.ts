import type { CodeUses } from '#contract/code-uses.ts'
import type { VersionText } from '../tools/version.ts'

type Code = Pick<VersionText, 'language' | 'code'>

/** What reading code told, by the code itself: the same text has the same, whose version it ever is. */
export interface ReadingStore {
  keep(code: Code, uses: CodeUses): Promise<void>
  /** Null for code that was never read. */
  of(code: Code): Promise<CodeUses | null>
}
