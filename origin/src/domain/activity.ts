import type { JsonObject } from '#contract/json.ts'

export type Action =
  | 'server.created'
  | 'tool.created'
  | 'version.drafted'
  | 'approval.requested'
  | 'approval.approved'
  | 'approval.rejected'
  | 'secret.set'
  | 'secret.removed'
  | 'admin.created'
  | 'admin.signed_in'
  | 'admin.sign_in_failed'
  | 'admin.signed_out'
  | 'rotation.begun'
  | 'rotation.finished'
  | 'deployment.changed'

/** What happened, to what, by whom. Details never hold a secret. */
export interface ActivityStore {
  record(entry: {
    actor: string
    action: Action
    subject: string
    details?: JsonObject
  }): Promise<void>
  recent(
    limit: number,
  ): Promise<
    { id: number; at: Date; actor: string; action: string; subject: string; details: JsonObject }[]
  >
}
