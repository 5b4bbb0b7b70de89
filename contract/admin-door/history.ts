import { z } from 'zod'
import { ApprovalState, VersionState, VersionView } from '../admin-api.ts'
import { PolicyRule } from '../approval-policy.ts'
import { pageOf } from './page.ts'

/** One version in a tool's history, without its text. */
export const VersionHistoryItem = z.object({
  version: z.int(),
  state: VersionState,
  hash: z.string(),
  created_by: z.string(),
  created_at: z.iso.datetime(),
  /** Each time a person was asked about it, and what came of that; oldest first. */
  approvals: z.array(
    z.object({
      id: z.uuid(),
      state: ApprovalState,
      requested_at: z.iso.datetime(),
      decided_by: z.string().nullable(),
      decided_by_policy: PolicyRule.nullable(),
      decided_at: z.iso.datetime().nullable(),
      reason: z.string().nullable(),
    }),
  ),
  /** What it says otherwise than the version before it, in sentences. */
  changes: z.array(z.string()),
})
export type VersionHistoryItem = z.infer<typeof VersionHistoryItem>
/** Newest first. */
export const VersionHistory = pageOf(VersionHistoryItem)

/** What came of going back to a version: it is live again, or a new draft has its text. */
export const RolledBack = z.object({
  outcome: z.enum(['live', 'drafted', 'unchanged']),
  version: VersionView,
  /** Why no more than a draft; null when it is live. */
  reason: z.string().nullable(),
})
export type RolledBack = z.infer<typeof RolledBack>
