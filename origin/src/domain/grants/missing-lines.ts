import {
  lineText,
  manifestLines,
  narrowed,
  type Manifest,
  type ManifestLine,
} from '#contract/manifest.ts'
import type { Withdrawal } from '#contract/withdrawal.ts'
import type { GrantedLine } from './grant.ts'
import { isInForce, msLeft, type Term } from './term.ts'

/** A line of a manifest that is not in force; `term` is null where it never was granted. */
export type MissingLine = ManifestLine & { term: Term | null }

/** The lines of a manifest that nothing grants at this time. */
export function missingLines(
  manifest: Manifest,
  granted: readonly GrantedLine[],
  now: Date,
): MissingLine[] {
  const terms = new Map(granted.map((line) => [lineText(line), line]))
  return manifestLines(manifest).flatMap((line) => {
    const term = terms.get(lineText(line)) ?? null
    return term !== null && isInForce(term, now) ? [] : [{ ...line, term }]
  })
}

/** What of a manifest is granted by lines that `holds` lets through. */
export function grantedPart(
  manifest: Manifest,
  granted: readonly GrantedLine[],
  holds: (term: Term) => boolean,
): Manifest {
  const lines = new Set(granted.filter(holds).map(lineText))
  return narrowed(manifest, (line) => lines.has(lineText(line)))
}

/** What a run with this manifest loses by itself, and when; what is missing already, at once. */
export function endsOf(
  manifest: Manifest,
  granted: readonly GrantedLine[],
  now: Date,
): Withdrawal[] {
  const terms = new Map(granted.map((line) => [lineText(line), line]))
  return manifestLines(manifest).flatMap(({ kind, value }) => {
    const term = terms.get(lineText({ kind, value }))
    const left = term === undefined ? 0 : msLeft(term, now)
    return left === null ? [] : [{ kind, value, in_ms: Math.ceil(left) }]
  })
}
