import { isDeepStrictEqual } from 'node:util'
import { lineText, manifestLines } from '#contract/manifest.ts'
import type { LockedPackage, ModuleLock } from '#contract/packages.ts'
import type { VersionText } from '../tools/version.ts'

/** All that an approval covers, but what may shrink. */
const SAME = [
  'server',
  'tool',
  'publication',
  'description',
  'language',
  'code',
  'inputSchema',
  'outputSchema',
  'annotations',
  'queueWhenAway',
] as const satisfies (keyof VersionText)[]

/** What may shrink. With {@link SAME} it is everything: a field that is added fails to compile. */
type Shrinks = 'manifest' | 'moduleLock' | 'timeoutMs'
type Forgotten = Exclude<keyof VersionText, (typeof SAME)[number] | Shrinks>
const NOTHING_FORGOTTEN: [Forgotten] extends [never] ? true : never = true

/**
 * Why a version does more than shrink what is live; null when it does not. Other code is never a
 * shrinking change, whatever its manifest: with what is left it may do something else. A line is compared as
 * it is written, since a host by its name leads further than below a wildcard. Packages must be the very
 * wheels of the live version. What stands permitted to drafts under trial is new here all the same: those
 * have no secrets.
 */
export function growth(next: VersionText, live: VersionText): string | null {
  const changed = SAME.find((field) => !isDeepStrictEqual(next[field], live[field]))
  if (changed !== undefined || !NOTHING_FORGOTTEN)
    return `it changes more than it leaves out: ${changed}`
  if (next.timeoutMs > live.timeoutMs) return 'it may run longer'
  const known = new Set(manifestLines(live.manifest).map(lineText))
  const added = manifestLines(next.manifest)
    .map(lineText)
    .find((line) => !known.has(line))
  if (added !== undefined) return `it adds ${added}`
  const wheel = newWheel(next.moduleLock, live.moduleLock)
  return wheel === null ? null : `it brings ${wheel.name} ${wheel.version}`
}

function newWheel(next: ModuleLock | null, live: ModuleLock | null): LockedPackage | null {
  const known = live !== null && live.target === next?.target ? live.packages : []
  return (
    next?.packages.find((wheel) => !known.some((same) => isDeepStrictEqual(same, wheel))) ?? null
  )
}
