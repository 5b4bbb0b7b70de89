import type { ToolAnnotations } from '#contract/catalog.ts'
import type { JsonObject } from '#contract/json.ts'
import type { AskedWord } from './asked-words.ts'

/** A tool as a search knows it. */
export interface FindableTool {
  /** On the wire. */
  name: string
  description: string
  inputSchema: JsonObject
  annotations: ToolAnnotations
}

/** Finds live tools by words of theirs. The database keeps the index by itself. */
export interface ToolIndex {
  /**
   * The tools that fit best, best first; of equals, those that only read come first. `own` are
   * tools that no author wrote, found among the live ones. A word that nothing has is taken for a
   * misspelt one.
   */
  search(
    words: readonly AskedWord[],
    options: { limit: number; own: readonly FindableTool[] },
  ): Promise<FindableTool[]>
}
