import { lineText, manifestLines } from '#contract/manifest.ts'
import type { VersionText } from '../tools/version.ts'

/** What of a version the rule looks at. */
type Asked = Pick<VersionText, 'publication' | 'manifest' | 'moduleLock' | 'queueWhenAway'>

/**
 * Why a version is not pure enough to go live unseen; null when it is. It names nothing: no host, secret,
 * package or further module; its calls wait nowhere; it is no resource, whose address may fit what another one is
 * read at; and it does not take the place of something that
 * reaches more, which a person relies on to do what they approved. Its tests are asked about elsewhere.
 * @param live what it would replace
 */
export function impurity(
  { publication, manifest, moduleLock, queueWhenAway }: Asked,
  live: Pick<VersionText, 'manifest'> | null,
): string | null {
  if (publication.kind === 'resource')
    return 'a resource may be read in the place of another one whose address it fits'
  const [line] = manifestLines(manifest)
  if (line !== undefined) return `it uses the ${lineText(line)}`
  if (moduleLock !== null) return 'it brings packages'
  if (queueWhenAway) return 'its calls would wait outside while MCPbox is away'
  if (live !== null && manifestLines(live.manifest).length > 0)
    return 'it takes the place of a version that reaches more'
  return null
}
