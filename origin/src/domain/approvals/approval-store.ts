import type { PolicyRule } from '#contract/approval-policy.ts'
import type { ApprovalState } from '#contract/admin-api.ts'
import type { Name } from '#contract/names.ts'
import type { ClientInfo } from '#contract/operation.ts'

export interface Approval {
  id: string
  versionId: string
  /** The version's hash when the question was asked. */
  hash: string
  state: ApprovalState
  requestedBy: string
  client: ClientInfo | null
  /** Network address of whoever asked; null when the door does not know. */
  address: string | null
  notes: string
  requestedAt: Date
  decidedAt: Date | null
  decidedBy: string | null
  /** The rule of a policy that approved in place of a person. */
  decidedByPolicy: PolicyRule | null
  reason: string | null
}

/** Questions to a person about one version, and their answers. */
export interface ApprovalStore {
  ask(question: {
    versionId: string
    hash: string
    requestedBy: string
    client: ClientInfo | null
    address: string | null
    notes: string
  }): Promise<Approval>
  approval(id: string): Promise<Approval | null>
  /** Oldest first, after the one with this key. */
  list(
    state: ApprovalState | null,
    page: { after: { requestedAt: Date; id: string } | null; limit: number },
  ): Promise<Approval[]>
  /** What nobody has decided, of one server or of all: how much, and the oldest so many. */
  waiting(
    server: Name | null,
    limit: number,
  ): Promise<{ total: number; oldest: (Approval & { tool: string; version: number })[] }>
  ofVersion(versionId: string): Promise<Approval[]>
  /** Takes back the question about a version that waits. */
  withdraw(versionId: string): Promise<void>
  decide(
    id: string,
    decision: { state: 'approved' | 'rejected'; adminId: string; reason: string | null },
  ): Promise<void>
  approveByPolicy(id: string, rule: PolicyRule): Promise<void>
}
