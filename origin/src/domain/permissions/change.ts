import { lineText } from '#contract/manifest.ts'
import { adminDoer, type Action, type Seen } from '../activity.ts'
import { type Acting, assertAhead } from '../grants/change.ts'
import { endedHow } from '../grants/term.ts'
import { assertStandardModules } from '../packages/standard-library.ts'
import { refuse } from '../refusal.ts'
import type { Stores } from '../stores.ts'
import { type Permission, type Subject, subjectInWords, subjectName } from './permission.ts'
import { placeOf } from './place.ts'

/** What an admin does with a standing permission, asked or not. */

/**
 * Permits, also what was revoked, rejected or over. A question that waits about it is answered with that.
 * @throws Refusal server_unknown, tool_unknown, expiry_past, package_refused
 */
export async function grantPermission(
  stores: Stores,
  admin: Acting,
  subject: Subject,
  expiresAt: Date | null,
  seen: Seen,
): Promise<Permission> {
  if (subject.kind === 'module') assertStandardModules([subject.value])
  assertAhead(expiresAt)
  const place = await placeOf(stores.tools, subject)
  await stores.permissions.lock(place)
  const asked = await stores.permissions.waiting(place)
  if (asked !== null) {
    const decision = { state: 'approved' as const, adminId: admin.id, reason: null }
    await stores.permissions.decide(asked.id, decision)
  }
  const id = await stores.permissions.grant(place, { adminId: admin.id, expiresAt })
  const details = {
    expires_at: expiresAt?.toISOString() ?? null,
    ...(asked !== null && { request: asked.id }),
  }
  return told(stores, admin, id, 'permission.granted', details, seen)
}

/**
 * Takes a permission back. Trials from now on go without, and those under way lose it at their next
 * connection. Approved versions keep what was approved of them.
 * @throws Refusal permission_unknown, already_revoked, reason_required
 */
export async function revokePermission(
  stores: Stores,
  admin: Acting,
  id: string,
  reason: string,
  seen: Seen,
): Promise<Permission> {
  const permission = await locked(stores, id)
  if (permission.revoked !== null)
    refuse(
      'already_revoked',
      `${subjectInWords(permission)} is revoked already: ${endedHow(permission)}.`,
    )
  const said = reason.trim()
  if (said === '') refuse('reason_required', 'Say why it is revoked; the assistant reads it.')
  await stores.permissions.revoke(id, { adminId: admin.id, reason: said, at: new Date() })
  return told(stores, admin, id, 'permission.revoked', { reason: said }, seen)
}

/**
 * Sets when a permission ends by itself; null for never.
 * @throws Refusal permission_unknown, expiry_past
 */
export async function expirePermission(
  stores: Stores,
  admin: Acting,
  id: string,
  at: Date | null,
  seen: Seen,
): Promise<Permission> {
  await locked(stores, id)
  assertAhead(at)
  await stores.permissions.setExpiry(id, at)
  const details = { expires_at: at?.toISOString() ?? null }
  return told(stores, admin, id, 'permission.expiry_set', details, seen)
}

async function locked({ permissions }: Stores, id: string): Promise<Permission> {
  await permissions.lock((await permissions.permission(id)) ?? permissionUnknown())
  return (await permissions.permission(id)) ?? permissionUnknown()
}

export function permissionUnknown(): never {
  return refuse('permission_unknown', 'There is no such permission.')
}

async function told(
  stores: Stores,
  admin: Acting,
  id: string,
  action: Extract<Action, `permission.${string}`>,
  details: Record<string, string | null>,
  seen: Seen,
): Promise<Permission> {
  const permission = (await stores.permissions.permission(id)) ?? permissionUnknown()
  await stores.activity.record({
    ...adminDoer(admin.username, seen),
    action,
    subject: subjectName(permission),
    details: { permission: id, line: lineText(permission), ...details },
  })
  await stores.grantsChanged()
  return permission
}
