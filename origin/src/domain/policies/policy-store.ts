import type { ApprovalPolicy } from '#contract/approval-policy.ts'

/** Policies of servers that have one of their own. */
export interface PolicyStore {
  /** Null where the setting `approval_policy` holds. Nobody changes it until this unit of work ends. */
  ofServer(serverId: string): Promise<ApprovalPolicy | null>
  setOfServer(serverId: string, policy: ApprovalPolicy | null): Promise<void>
}
