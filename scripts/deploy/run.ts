import type { Part } from '#contract/deployment.ts'
import type { Cloudflare } from './cloudflare/cloudflare.ts'
import type { RecordKeeper } from './record-keeper.ts'

/** What a run does with one thing at Cloudflare. */
export interface Effect {
  verb: 'make' | 'change' | 'keep' | 'take over'
  /** Such as `tunnel “mcpbox”`. */
  what: string
  details?: string
}

/** Something under a name of ours that we did not make. */
export interface Stranger {
  part: Part
  what: string
  id: string
}

/** One pass over everything that belongs to a deployment: a rehearsal or the real one. */
export interface Run {
  cloudflare: Cloudflare
  account: string
  records: RecordKeeper
  effect(effect: Effect): void
  /** Whether to take over what is not ours. @throws DeployFailure when not */
  mayTakeOver(stranger: Stranger): Promise<void>
  /** Fetches what is not Cloudflare's API: the identity provider's discovery document. */
  fetch: typeof globalThis.fetch
}
