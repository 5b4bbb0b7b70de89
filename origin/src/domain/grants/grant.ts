import type { ManifestLine } from '#contract/manifest.ts'
import type { VersionState } from '#contract/admin-api.ts'
import type { Name } from '#contract/names.ts'
import type { Term } from './term.ts'

/** A line of a version's manifest as it was granted. */
export type GrantedLine = ManifestLine & Term

/** The same, as an admin sees and changes it. */
export type Grant = GrantedLine & {
  id: string
  grantedAt: Date
  version: { id: string; toolId: string; number: number; state: VersionState; hash: string }
  server: Name
  tool: Name
}
