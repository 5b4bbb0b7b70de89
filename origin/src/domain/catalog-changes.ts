import type { ChangeNotice } from '#contract/catalog.ts'
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
  let { etag } = await catalog.read()
  yield { type: 'hello', etag }
  while (!signal.aborted) {
    await wake.next(LOOK_MS)
    const now = (await catalog.read()).etag
    if (now !== etag) yield { type: 'catalog' }
    etag = now
  }
}
