import { z } from 'zod'
import { ApprovalPolicy } from '../approval-policy.ts'

/** By which policy versions of a server are approved. */
export const ServerPolicyView = z.object({
  /** Null: the setting `approval_policy` holds. */
  own: ApprovalPolicy.nullable(),
  in_force: ApprovalPolicy,
})
export type ServerPolicyView = z.infer<typeof ServerPolicyView>

/** `PUT /api/servers/{server}/approval-policy`; null to inherit. */
export const ServerPolicyChange = z.strictObject({ own: ApprovalPolicy.nullable() })
