import type { VersionState } from '#contract/admin-api.ts'
import type { ToolAnnotations } from '#contract/catalog.ts'
import type { JsonObject } from '#contract/json.ts'
import type { Manifest } from '#contract/manifest.ts'
import type { Name } from '#contract/names.ts'
import type { ModuleLock } from '#contract/packages.ts'
import type { Publication } from '#contract/publication.ts'
import type { Language } from '#contract/sandbox.ts'

/** Everything of a version that changes what it does or how it is presented to an assistant. */
export interface VersionText {
  server: Name
  tool: Name
  publication: Publication
  description: string
  language: Language
  code: string
  inputSchema: JsonObject
  outputSchema: JsonObject | null
  annotations: ToolAnnotations
  manifest: Manifest
  /** Null when the manifest names no package. */
  moduleLock: ModuleLock | null
  timeoutMs: number
  /** A call while the origin is away waits for it, at the Worker, and runs then. Tools only. */
  queueWhenAway: boolean
}

/** One frozen text of a tool. */
export interface Version extends VersionText {
  id: string
  toolId: string
  number: number
  state: VersionState
  /** `versionHash` of the text in this format, as it was when the text was stored. */
  hash: string
  hashFormat: number
  createdBy: string
  createdAt: Date
}
