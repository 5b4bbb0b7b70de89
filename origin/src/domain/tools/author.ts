import type { ToolAnnotations } from '#contract/catalog.ts'
import { MAX_CODE_BYTES } from '#contract/limits.ts'
import type { Manifest } from '#contract/manifest.ts'
import type { Name } from '#contract/names.ts'
import type { ModuleLock } from '#contract/packages.ts'
import type { Publication } from '#contract/publication.ts'
import type { Analysis, Language } from '#contract/sandbox.ts'
import { refuse } from '../refusal.ts'
import { assertPublishable } from './publishable.ts'
import type { VersionText } from './version.ts'

/** What an author says of a tool; the rest is read from the code. */
export interface Draft {
  server: Name
  tool: Name
  publication: Publication
  language: Language
  code: string
  /** Empty: the docstring of `main` speaks. */
  description: string
  annotations: ToolAnnotations
  manifest: Manifest
  /** Null when the manifest names no package. */
  moduleLock: ModuleLock | null
  timeoutMs: number
  queueWhenAway: boolean
}

/**
 * What a tool is taken for until its author says otherwise and a person agrees: something that
 * changes the world and cannot be undone.
 */
export const CAUTIOUS_ANNOTATIONS: ToolAnnotations = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: true,
}

/** @throws Refusal code_invalid */
export function assertCodeSize(code: string): void {
  const bytes = new TextEncoder().encode(code).length
  if (bytes > MAX_CODE_BYTES)
    refuse('code_invalid', `The code is ${bytes} bytes long; the limit is ${MAX_CODE_BYTES}.`)
}

/**
 * The text of a version, from what its author said and what the code says.
 * @throws Refusal code_invalid
 */
export function versionText(draft: Draft, analysis: Analysis): VersionText {
  if (!analysis.valid)
    return refuse(
      'code_invalid',
      analysis.line === null ? analysis.message : `Line ${analysis.line}: ${analysis.message}`,
    )
  const description = draft.description.trim() || (analysis.description ?? '')
  if (description === '')
    return refuse(
      'code_invalid',
      'The tool needs a description: give one, or write a docstring in main.',
    )
  if (description.includes('\0') || !description.isWellFormed())
    return refuse('code_invalid', 'The docstring must be well-formed text without NUL.')
  if (draft.queueWhenAway && draft.publication.kind !== 'tool')
    return refuse('code_invalid', 'queue_when_away: only calls of tools can wait.')
  assertPublishable(draft, analysis.input_schema)
  return {
    server: draft.server,
    tool: draft.tool,
    publication: draft.publication,
    description,
    language: draft.language,
    code: draft.code,
    inputSchema: analysis.input_schema,
    outputSchema: analysis.output_schema,
    annotations: draft.annotations,
    manifest: draft.manifest,
    moduleLock: draft.moduleLock,
    timeoutMs: draft.timeoutMs,
    queueWhenAway: draft.queueWhenAway,
  }
}
