import { CatalogCache, type CatalogMemory } from '../src/origin/catalog-cache.ts'
import { toOrigin, OriginBindings } from '../src/origin/origin-settings.ts'
import { Reachability, type AwayMemory } from '../src/origin/reachability.ts'
import { TunnelClient, type TunnelClientOptions } from '../src/origin/tunnel-client.ts'
import { TunnelDoor } from '../src/origin/tunnel-door.ts'
import { TEST_BINDINGS } from './test-bindings.ts'

/** A memory that forgets. */
const NOTHING_REMEMBERED: CatalogMemory & AwayMemory = {
  read: async () => null,
  keep() {},
  missed: async (at) => at,
  seen() {},
}

interface TunnelTo {
  /** Over those of the tests. */
  bindings?: object
  memory?: typeof NOTHING_REMEMBERED
  pauseMs?: TunnelClientOptions['pauseMs']
}

/**
 * A tunnel client that tries again at once, to whoever stands in the place of `fetch`.
 * @param bindings over those of the tests
 */
export function tunnelClient(
  patienceMs = 60_000,
  { bindings = {}, memory = NOTHING_REMEMBERED, pauseMs = { first: 1, longest: 1 } }: TunnelTo = {},
): TunnelClient {
  const origin = toOrigin(OriginBindings.parse({ ...TEST_BINDINGS, ...bindings }))
  if ('missing' in origin) throw new Error(origin.missing)
  const reachability = new Reachability(memory, (fault) => {
    throw fault
  })
  const door = new TunnelDoor(origin, reachability)
  const catalogs = new CatalogCache(door, memory)
  return new TunnelClient({ door, catalogs, reachability }, { patienceMs, overtimeMs: 1, pauseMs })
}
