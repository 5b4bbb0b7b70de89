import { vi } from 'vitest'
import type { Random } from '#gateway/testing/random.ts'
import type { Edge, Stack } from '../stack.ts'
import type { Passage, Tunnel } from '../tunnel/tunnel.ts'

/** What is disturbed. */
export interface Scene {
  stack: Stack
  edge: Edge
  /** The way of clients to the Worker. */
  street: Tunnel
}

/** Requests that the tunnel must have turned away before it is there again. */
const TURNED_AWAY = 5
const WITHIN = { timeout: 30_000, interval: 20 }

export const DISTURBANCES = {
  /**
   * Another Worker takes the place of the one that ran. As on the platform new requests meet the new
   * one, and those under way get to begin their answers, and to tell what they know; then their
   * streams break. An end that is on its way to a Worker when that dies counts as heard
   * (docs/decisions/0017), so that none is.
   */
  async 'the Worker is deployed'({ stack, edge, street }) {
    using _held = street.hold()
    await vi.waitUntil(() => !street.passages.some(isUnbegun), WITHIN)
    using _paused = stack.pauseSandbox()
    await isQuiet(edge.tunnel)
    await edge.restartWorker()
    street.cut()
  },

  /** In the middle of what they do, as new code does, too, that is deployed to them. */
  async 'sessions are evicted'({ edge }) {
    await edge.resetObjects()
  },

  async 'an origin is killed'({ stack }, random) {
    await stack.restartOrigin(random.below(stack.origins.length))
  },

  async 'connections of the tunnel break'({ edge }) {
    edge.tunnel.cut()
  },

  async 'the tunnel is down'({ edge }) {
    using down = edge.tunnel.turn({ instead: 'tunnel down' })
    edge.tunnel.cut()
    await vi.waitUntil(() => down.met >= TURNED_AWAY, WITHIN)
  },
} satisfies Record<string, (scene: Scene, random: Random) => Promise<void>>

export type Disturbance = keyof typeof DISTURBANCES
export const ALL = Object.keys(DISTURBANCES) as [Disturbance, ...Disturbance[]]

/** Waits until nothing more comes from the origins. */
async function isQuiet(tunnel: Tunnel): Promise<void> {
  const heard = () => tunnel.passages.reduce((pieces, passage) => pieces + passage.pieces.length, 0)
  let last = -1
  await vi.waitUntil(() => last === (last = heard()), { ...WITHIN, interval: 300 })
}

/** A request that was taken, and has no answer yet that its client could come back for. */
function isUnbegun({ state, upstream, type, pieces }: Passage): boolean {
  if (state !== 'under way' || upstream === null) return false
  return !type?.startsWith('text/event-stream') || pieces.length === 0
}
