import type { Approval } from './approval-store.ts'

/** What came of a question, as it is told to whoever asks: by a person, by a policy, or by nobody yet. */
export function decisionFacts({ state, decidedBy, decidedByPolicy, decidedAt, reason }: Approval) {
  return {
    state,
    decided_by: decidedBy,
    decided_by_policy: decidedByPolicy,
    decided_at: decidedAt?.toISOString() ?? null,
    reason,
  }
}
