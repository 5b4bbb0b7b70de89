import { writtenText } from '../written-text.ts'
import { z } from 'zod'
import { TermView } from '../admin-api.ts'
import { normalHostGrant } from '../host-grant.ts'
import { ModuleName, Name } from '../names.ts'
import { ClientInfo } from '../operation.ts'
import { PackageFacts, PackagePin } from '../packages.ts'
import { ProblemBody } from '../problem.ts'
import { pageOf, pageQuery, time } from './page.ts'

/** What can stand permitted; a secret never does: only an approved version gets one. */
export const PermissionKind = z.enum(['host', 'module', 'package'])
export type PermissionKind = z.infer<typeof PermissionKind>

export const PermissionRequestState = z.enum(['waiting', 'approved', 'rejected'])
export type PermissionRequestState = z.infer<typeof PermissionRequestState>

/** Why something is rejected or revoked; whoever is affected reads it. */
export const Reason = writtenText(2_000).refine((text) => text.trim() !== '', 'must say why')

/** When something ends; null for never. */
const Expiry = time.nullable()

const subject = {
  server: Name,
  /** Null: every tool of the server. */
  tool: Name.nullable(),
  kind: PermissionKind,
  value: z.string(),
}

/** A line that drafts under trial may use and that is not new to a policy, whichever version names it. */
export const PermissionView = z.object({
  id: z.uuid(),
  ...subject,
  granted_by: z.string(),
  granted_at: z.iso.datetime(),
  ...TermView.shape,
})
export type PermissionView = z.infer<typeof PermissionView>
/** In an order that stays the same. */
export const PermissionList = pageOf(PermissionView)
export const PermissionQuery = z.strictObject({ ...pageQuery, server: Name.optional() })

/** Of a line that a person writes: what is wrong with it, in words; null for nothing. */
export function lineComplaint(kind: PermissionKind, value: string): string | null {
  switch (kind) {
    case 'host':
      return normalHostGrant(value) === value
        ? null
        : 'must be a host name or address, with a port if need be, such as `api.example.com` or `nas.lan:8080`, in lower case and without scheme or path'
    case 'module':
      return ModuleName.safeParse(value).success ? null : 'must be a dotted Python name'
    case 'package':
      return PackagePin.safeParse(value).success
        ? null
        : 'must be a distribution at one exact version, such as `pyyaml==6.0.2`'
  }
}

/** `POST /api/permissions`: grants, whether it was asked for or not. */
export const NewPermission = z
  .strictObject({
    server: Name,
    tool: Name.nullable().default(null),
    kind: PermissionKind,
    value: z.string().max(300),
    expires_at: Expiry.default(null),
  })
  .superRefine(({ kind, value }, context) => {
    const message = lineComplaint(kind, value)
    if (message !== null) context.addIssue({ code: 'custom', path: ['value'], message })
  })

/** `POST …/revocation` */
export const RevocationRequest = z.strictObject({ reason: Reason })
/** `PUT …/expiry` */
export const ExpiryChange = z.strictObject({ expires_at: Expiry })

/** A question to a person about a permission. */
export const PermissionRequestView = z.object({
  id: z.uuid(),
  state: PermissionRequestState,
  ...subject,
  justification: z.string(),
  requested_by: z.string(),
  client: ClientInfo.nullable(),
  requested_at: z.iso.datetime(),
  decided_by: z.string().nullable(),
  decided_at: z.iso.datetime().nullable(),
  reason: z.string().nullable(),
  /** Of a package; looked up while it waits only. */
  package_facts: PackageFacts.nullable(),
})
export type PermissionRequestView = z.infer<typeof PermissionRequestView>
/** Oldest first. */
export const PermissionRequestList = pageOf(PermissionRequestView)
export const PermissionRequestQuery = z.strictObject({
  ...pageQuery,
  state: PermissionRequestState.optional(),
})

/** `POST /api/permission-requests/{id}/decision` */
export const PermissionDecision = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  reason: writtenText(2_000).nullable().default(null),
  expires_at: Expiry.default(null),
})
export type PermissionDecision = z.infer<typeof PermissionDecision>

/** `POST /api/permission-requests/decisions`: each is made or refused by itself. */
export const PermissionDecisionsRequest = z.strictObject({
  decisions: z
    .array(PermissionDecision.extend({ request: z.uuid() }))
    .min(1)
    .max(100),
})
/** In the order of the request. */
export const PermissionDecisionsMade = z.object({
  items: z.array(
    z.object({
      request: z.uuid(),
      decided: PermissionRequestView.nullable(),
      problem: ProblemBody.nullable(),
    }),
  ),
})
