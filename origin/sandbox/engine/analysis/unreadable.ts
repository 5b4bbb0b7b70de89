/** What a text asks for and the analysis cannot tell; `line` is its own. */
export class Unreadable extends Error {
  readonly line: number | null

  constructor(message: string, at: { loc?: { start: { line: number } } | null } | null) {
    super(message)
    this.line = at?.loc?.start.line ?? null
  }
}
