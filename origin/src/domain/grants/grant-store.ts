import type { Name } from '#contract/names.ts'
import type { Grant } from './grant.ts'

/** Lines of versions' manifests that were granted, in force or not. */
export interface GrantStore {
  /** Newest version first within a tool; of live versions only, unless all are asked for. */
  list(
    filter: { server?: Name | undefined; tool?: Name | undefined; all: boolean },
    page: { after: string | null; limit: number },
  ): Promise<Grant[]>
  grant(id: string): Promise<Grant | null>
  /** The caller has locked the tool. */
  revoke(id: string, revocation: { adminId: string; reason: string; at: Date }): Promise<void>
  /** Takes a revocation back. The caller has locked the tool. */
  restore(id: string): Promise<void>
  /** The caller has locked the tool. */
  setExpiry(id: string, at: Date | null): Promise<void>
  /** Those of live versions whose time is over, each given once, to whoever asks first. */
  takeExpired(now: Date): Promise<Grant[]>
}
