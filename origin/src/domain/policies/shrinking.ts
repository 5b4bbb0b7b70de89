import { isDeepStrictEqual } from 'node:util'
import { lineText, manifestLines } from '#contract/manifest.ts'
import type { LockedPackage, ModuleLock } from '#contract/packages.ts'
import { readSecretGrant } from '#contract/secret-grant.ts'
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
 * wheels of the live version, or stand permitted themselves. What stands permitted was permitted to code
 * without secrets, so it is new to code that reads one.
 * @param permitted lines that stand permitted
 */
export function growth(
  next: VersionText,
  live: VersionText,
  permitted: ReadonlySet<string>,
): string | null {
  const changed = SAME.find((field) => !isDeepStrictEqual(next[field], live[field]))
  if (changed !== undefined || !NOTHING_FORGOTTEN)
    return `it changes more than it leaves out: ${changed}`
  if (next.timeoutMs > live.timeoutMs) return 'it may run longer'
  const known = new Set(manifestLines(live.manifest).map(lineText))
  const added = manifestLines(next.manifest)
    .map(lineText)
    .filter((line) => !known.has(line))
  const unpermitted = added.find((line) => !permitted.has(line))
  if (unpermitted !== undefined) return `it adds ${unpermitted}`
  if (added.length > 0 && readsSecret(next))
    return `it adds ${added[0]} to code that reads a secret`
  const wheel = newWheel(next.moduleLock, live.moduleLock, permitted)
  return wheel === null ? null : `it brings ${wheel.name} ${wheel.version}`
}

function readsSecret({ manifest }: VersionText): boolean {
  return manifest.secrets.some((line) => readSecretGrant(line).place === null)
}

function newWheel(
  next: ModuleLock | null,
  live: ModuleLock | null,
  permitted: ReadonlySet<string>,
): LockedPackage | null {
  const known = live !== null && live.target === next?.target ? live.packages : []
  return (
    next?.packages.find(
      (wheel) =>
        !known.some((same) => isDeepStrictEqual(same, wheel)) &&
        !permitted.has(lineText({ kind: 'package', value: `${wheel.name}==${wheel.version}` })),
    ) ?? null
  )
}
