import type { PermissionRequestState } from '#contract/admin-door/permissions.ts'
import type { Name } from '#contract/names.ts'
import type { ClientInfo } from '#contract/operation.ts'
import type { Permission, PermissionRequest, Place } from './permission.ts'

/** Standing permissions, and the questions about them. */
export interface PermissionStore {
  /** In the order of their ids, which says nothing. */
  list(
    filter: { server?: Name | undefined },
    page: { after: string | null; limit: number },
  ): Promise<Permission[]>
  permission(id: string): Promise<Permission | null>
  /** Keeps every other unit of work from asking, deciding or changing anything about exactly this. */
  lock(place: Place): Promise<void>
  /** The permission about exactly this, in force or not. */
  about(place: Place): Promise<Permission | null>
  /**
   * All that a tool of a server has, its own and those of the whole server; also such as are over. Nobody
   * changes them until this unit of work ends.
   */
  ofTool(toolId: string): Promise<Permission[]>
  /** Permits, in place of what was permitted about the same before. The caller has locked the place. */
  grant(place: Place, how: { adminId: string; expiresAt: Date | null }): Promise<string>
  revoke(id: string, revocation: { adminId: string; reason: string; at: Date }): Promise<void>
  setExpiry(id: string, at: Date | null): Promise<void>
  /** Those whose time is over, each given once, to whoever asks first. */
  takeExpired(now: Date): Promise<Permission[]>

  ask(
    question: Place & { justification: string; requestedBy: string; client: ClientInfo | null },
  ): Promise<PermissionRequest>
  request(id: string): Promise<PermissionRequest | null>
  /** The question that waits about exactly this. */
  waiting(place: Place): Promise<PermissionRequest | null>
  /** How many questions wait about a server and its tools. */
  countWaiting(serverId: string): Promise<number>
  /** The newest decision about exactly this. */
  lastDecided(place: Place): Promise<PermissionRequest | null>
  /** Oldest first, after the one with this key. */
  requests(
    filter: { state?: PermissionRequestState | undefined; server?: Name | undefined },
    page: { after: { requestedAt: Date; id: string } | null; limit: number },
  ): Promise<PermissionRequest[]>
  /** Those about a tool and about its whole server, oldest first. */
  requestsAbout(toolId: string): Promise<PermissionRequest[]>
  decide(
    id: string,
    decision: { state: 'approved' | 'rejected'; adminId: string; reason: string | null },
  ): Promise<void>
}
