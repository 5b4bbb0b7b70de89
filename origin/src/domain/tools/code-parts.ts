import type { Name } from '#contract/names.ts'

/** Code that somebody sends in parts, for one tool; nobody else sees it. */
export interface Upload {
  /** `principalKey` of who sends it. */
  by: string
  server: Name
  tool: Name
  /** How many parts it has. */
  of: number
}

/** Parts of code, until all are there. What is not completed in time is forgotten. */
export interface CodePartStore {
  /** Those that are there, by number from 1. */
  parts(upload: Upload): Promise<Map<number, Uint8Array>>
  /**
   * Keeps a part in place of the one that there may be, and all of this upload for `ms` from now.
   * Parts of another division of the same code are forgotten, and so are all but the newest uploads
   * of whoever sends it.
   */
  keep(upload: Upload, part: { number: number; bytes: Uint8Array; ms: number }): Promise<void>
  forget(upload: Omit<Upload, 'of'>): Promise<void>
  forgetExpired(): Promise<void>
}
