import { lineText } from '#contract/manifest.ts'
import { wireName } from '#contract/names.ts'
import { adminDoer, type Seen } from '../activity.ts'
import type { Admin } from '../admins/admin-store.ts'
import { refuse } from '../refusal.ts'
import type { Stores } from '../stores.ts'
import type { Grant } from './grant.ts'
import { endedHow } from './term.ts'

/** What an admin does with a line of an approved version. Each takes effect when it is kept. */

export type Acting = Pick<Admin, 'id' | 'username'>

/**
 * Takes a line back. Calls from now on are refused, and those under way lose it at their next
 * connection.
 * @throws Refusal grant_unknown, already_revoked, reason_required
 */
export async function revokeGrant(
  stores: Stores,
  admin: Acting,
  id: string,
  reason: string,
  seen: Seen,
): Promise<Grant> {
  const grant = await lockedGrant(stores, id)
  if (grant.revoked !== null)
    refuse('already_revoked', `${lineText(grant)} is revoked already: ${endedHow(grant)}.`)
  const said = reason.trim()
  if (said === '') refuse('reason_required', 'Say why it is revoked; whoever calls it reads that.')
  await stores.grants.revoke(id, { adminId: admin.id, reason: said, at: new Date() })
  return told(stores, admin, grant, 'grant.revoked', { reason: said }, seen)
}

/**
 * Gives a revoked line back, as far as its time is not over. Calls under way do not get it back.
 * @throws Refusal grant_unknown, not_revoked
 */
export async function restoreGrant(
  stores: Stores,
  admin: Acting,
  id: string,
  seen: Seen,
): Promise<Grant> {
  const grant = await lockedGrant(stores, id)
  if (grant.revoked === null) refuse('not_revoked', `${lineText(grant)} is not revoked.`)
  await stores.grants.restore(id)
  return told(stores, admin, grant, 'grant.restored', {}, seen)
}

/**
 * Sets when a line ends by itself; null for never.
 * @throws Refusal grant_unknown, expiry_past
 */
export async function expireGrant(
  stores: Stores,
  admin: Acting,
  id: string,
  at: Date | null,
  seen: Seen,
): Promise<Grant> {
  const grant = await lockedGrant(stores, id)
  assertAhead(at)
  await stores.grants.setExpiry(id, at)
  const details = { expires_at: at?.toISOString() ?? null }
  return told(stores, admin, grant, 'grant.expiry_set', details, seen)
}

/** @throws Refusal expiry_past */
export function assertAhead(at: Date | null): void {
  if (at !== null && at <= new Date())
    refuse('expiry_past', 'That time is over; name one to come, or revoke it.')
}

export function grantUnknown(): never {
  return refuse('grant_unknown', 'There is no such grant.')
}

/** The grant, which nobody else changes until this unit of work ends. */
async function lockedGrant({ tools, grants }: Stores, id: string): Promise<Grant> {
  const toolId = (await grants.grant(id))?.version.toolId ?? grantUnknown()
  await tools.lock(toolId)
  return (await grants.grant(id)) ?? grantUnknown()
}

async function told(
  stores: Stores,
  admin: Acting,
  grant: Grant,
  action: 'grant.revoked' | 'grant.restored' | 'grant.expiry_set',
  details: Record<string, string | null>,
  seen: Seen,
): Promise<Grant> {
  await stores.activity.record({
    ...adminDoer(admin.username, seen),
    action,
    subject: wireName(grant.server, grant.tool),
    details: { grant: grant.id, line: lineText(grant), hash: grant.version.hash, ...details },
  })
  await stores.grantsChanged()
  return (await stores.grants.grant(grant.id)) ?? grantUnknown()
}
