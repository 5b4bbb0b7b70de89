import { isDeepStrictEqual } from 'node:util'
import { listedResource, type Catalog, type ChangeNotice } from '#contract/catalog.ts'
import type { CatalogReader } from './catalog.ts'
import type { NoticeBoard } from './notices.ts'
import { Wake } from './wake.ts'

/** Longest time between two looks, in case a notice was lost. */
const LOOK_MS = 60_000

/** `hello`, then a notice each time the catalog is another one, until the signal aborts. */
export async function* catalogChanges(
  catalog: Pick<CatalogReader, 'read'>,
  notices: NoticeBoard,
  signal: AbortSignal,
): AsyncGenerator<ChangeNotice> {
  using wake = new Wake(signal)
  using _listening = notices.on('mcpbox_catalog', () => wake.wake())
  let known = await catalog.read()
  yield { type: 'hello', etag: known.etag }
  while (!signal.aborted) {
    await wake.next(LOOK_MS)
    const now = await catalog.read()
    if (now.etag !== known.etag) yield changeBetween(known, now)
    known = now
  }
}

/** A resource changed when it was there before, and something else makes its content now. */
function changeBetween(before: Catalog, now: Catalog): ChangeNotice {
  const etags = new Map(before.resources.map(({ uri, etag }) => [uri, etag]))
  const differs = (list: keyof Catalog) => !isDeepStrictEqual(before[list], now[list])
  const resourcesDiffer =
    differs('resourceTemplates') ||
    !isDeepStrictEqual(before.resources.map(listedResource), now.resources.map(listedResource))
  return {
    type: 'catalog',
    lists: [
      ...(differs('tools') ? ['tools' as const] : []),
      ...(differs('prompts') ? ['prompts' as const] : []),
      ...(resourcesDiffer ? ['resources' as const] : []),
    ],
    resources: now.resources
      .filter(({ uri, etag }) => etags.has(uri) && etags.get(uri) !== etag)
      .map(({ uri }) => uri),
  }
}
