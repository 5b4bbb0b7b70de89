import type { JsonObject } from '#contract/json.ts'
import type { ClientInfo } from '#contract/operation.ts'

export type Action =
  | 'server.created'
  | 'server.described'
  | 'server.stopped'
  | 'server.started'
  | 'server.deleted'
  | 'tool.created'
  | 'tool.deleted'
  | 'version.drafted'
  | 'version.rolled_back'
  | 'tests.changed'
  | 'tests.ran'
  | 'tests.failed'
  | 'approval.requested'
  | 'approval.approved'
  | 'approval.rejected'
  | 'grant.revoked'
  | 'grant.restored'
  | 'grant.expiry_set'
  | 'grant.expired'
  | 'permission.requested'
  | 'permission.granted'
  | 'permission.rejected'
  | 'permission.revoked'
  | 'permission.expiry_set'
  | 'permission.expired'
  | 'execution.ended'
  | 'secret.created'
  | 'secret.described'
  | 'secret.set'
  | 'secret.removed'
  | 'secret.link_made'
  | 'setting.changed'
  | 'server.policy_changed'
  | 'admin.created'
  | 'admin.signed_in'
  | 'admin.sign_in_failed'
  | 'admin.signed_out'
  | 'admin.sign_in_ended'
  | 'admin.password_changed'
  | 'rotation.begun'
  | 'rotation.finished'
  | 'deployment.changed'

/** How a request reached us; null for what nobody knows. */
export interface Seen {
  /** What the program said of itself. */
  client: ClientInfo | null
  /** Network address of whoever asks. */
  address: string | null
  requestId: string | null
}

/** Nothing is known of how it reached us. */
export const UNSEEN: Seen = { client: null, address: null, requestId: null }

/** Who does something, with what and from where. */
export interface Doer extends Seen {
  /** The key of a principal, `admin:<name>`, `secret_link:<id>`, `deploy-worker`, `policy:<rule>`, `housekeeping`, `mcpbox` by itself, or, of a failed sign-in, `nobody`. */
  actor: string
}

const ADMIN = 'admin:'

export function adminDoer(username: string, seen: Seen): Doer {
  return { actor: `${ADMIN}${username}`, ...seen }
}

/** Whether an actor is an admin, and no principal. */
export function isAdmin(actor: string): boolean {
  return actor.startsWith(ADMIN)
}

/** The script that deploys the Worker. */
export function deployDoer(seen: Seen): Doer {
  return { actor: 'deploy-worker', ...seen }
}

/** One thing that happened. */
export interface Activity extends Doer {
  /** Counts up in the order in which things were kept: who has seen one has seen all below it. */
  id: number
  at: Date
  action: string
  subject: string
  details: JsonObject
}

export interface ActivityFilter {
  actor?: string | undefined
  /** An action, or the family before its dot. */
  action?: string | undefined
  subject?: string | undefined
  requestId?: string | undefined
  /** Anywhere in actor, subject or details; upper and lower case are one. */
  text?: string | undefined
  since?: Date | undefined
  /** Before this, not at it. */
  until?: Date | undefined
}

/** What happened, to what, by whom; only ever added to. Details never hold a secret. */
export interface ActivityStore {
  /** Inside a unit of work it is kept when that ends, after everything else. */
  record(entry: Doer & { action: Action; subject: string; details?: JsonObject }): Promise<void>
  /** Newest first, below the id `before`. */
  page(filter: ActivityFilter, page: { before?: number | null; limit: number }): Promise<Activity[]>
  /** Oldest first: above `after`, up to and with `upTo`. */
  between(
    filter: ActivityFilter,
    range: { after: number; upTo: number; limit: number },
  ): Promise<Activity[]>
  /** The id of the newest; 0 when there is none. */
  newest(): Promise<number>
}
