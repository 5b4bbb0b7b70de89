import { writtenText } from './written-text.ts'
import { z } from 'zod'
import { pageOf, time } from './admin-door/page.ts'
import { PolicyRule } from './approval-policy.ts'
import { VersionDiff } from './admin-door/version-diff.ts'
import { ToolAnnotations } from './catalog.ts'
import { EgressRecord } from './egress.ts'
import { JsonObject } from './json.ts'
import { ManifestCheck } from './manifest-check.ts'
import { LineKind, Manifest } from './manifest.ts'
import { ClientInfo } from './operation.ts'
import { ModuleLock, PackageFacts } from './packages.ts'
import { Publication } from './publication.ts'
import { Isolation, Language, Outcome } from './sandbox.ts'
import { TestReport, ToolTests } from './tool-tests.ts'

/** Bodies of the admin door. Times are ISO 8601 in UTC. */

export const Username = z
  .string()
  .min(3)
  .max(50)
  .regex(/^[A-Za-z]\w*$/, 'must start with a letter and hold letters, digits and underscores')
export const Password = z.string().min(12).max(128)

/** `POST /auth/setup`: makes the first admin, once. */
export const SetupRequest = z.strictObject({
  setup_token: z.string().max(200),
  username: Username,
  password: Password,
})
export type SetupRequest = z.infer<typeof SetupRequest>

/** `POST /auth/login`: sets the cookie, and gives a bearer for scripts. */
export const LoginRequest = z.strictObject({
  username: z.string().max(200),
  password: z.string().max(200),
})
export type LoginRequest = z.infer<typeof LoginRequest>

export const LoginResponse = z.object({
  access_token: z.string(),
  token_type: z.literal('bearer'),
  /** Seconds. */
  expires_in: z.int().positive(),
})
export type LoginResponse = z.infer<typeof LoginResponse>

/** Where a version stands between being written and being replaced. */
export const VersionState = z.enum(['draft', 'pending', 'live', 'archived', 'rejected'])
export type VersionState = z.infer<typeof VersionState>

/** One version as the person who decides sees it. */
export const VersionView = z.object({
  tool: z.string(),
  number: z.int(),
  state: VersionState,
  hash: z.string(),
  publication: Publication,
  description: z.string(),
  language: Language,
  code: z.string(),
  input_schema: JsonObject,
  output_schema: JsonObject.nullable(),
  annotations: ToolAnnotations,
  manifest: Manifest,
  module_lock: ModuleLock.nullable(),
  timeout_ms: z.int(),
  /** A call while the origin is away waits for it at the Worker, and runs then. */
  queue_when_away: z.boolean(),
  created_by: z.string(),
  created_at: z.iso.datetime(),
})
export type VersionView = z.infer<typeof VersionView>

/** What came of a question to a person. */
export const ApprovalState = z.enum(['waiting', 'approved', 'rejected', 'withdrawn'])
export type ApprovalState = z.infer<typeof ApprovalState>

/** How long something is granted, and how it was taken back. */
export const TermView = z.object({
  /** Whether it holds now. */
  in_force: z.boolean(),
  expires_at: z.iso.datetime().nullable(),
  revoked: z.object({ by: z.string(), at: z.iso.datetime(), reason: z.string() }).nullable(),
})
export type TermView = z.infer<typeof TermView>

/** A line of a manifest that is asked about, and what is known of it. */
export const LineView = z.object({
  kind: LineKind,
  value: z.string(),
  /** How the version that is live now has it; null when it does not name it. */
  live: TermView.nullable(),
  /** The standing permission for it, which approving needs not; null when there is none in force. */
  permitted: z.object({ by: z.string(), expires_at: z.iso.datetime().nullable() }).nullable(),
})
export type LineView = z.infer<typeof LineView>

/** A question to a person, with all that a decision needs. */
export const ApprovalView = z.object({
  id: z.uuid(),
  state: ApprovalState,
  /** What a decision must name. */
  hash: z.string(),
  requested_by: z.string(),
  client: ClientInfo.nullable(),
  /** Network address that it was asked from; null when the door does not know. */
  address: z.string().nullable(),
  notes: z.string(),
  requested_at: z.iso.datetime(),
  decided_by: z.string().nullable(),
  /** The rule of a policy that approved it, when no person did. */
  decided_by_policy: PolicyRule.nullable(),
  decided_at: z.iso.datetime().nullable(),
  reason: z.string().nullable(),
  version: VersionView,
  /** Of all that its packages bring, in the order of its lock; looked up while it waits only. */
  package_facts: z.array(PackageFacts),
  /** Of its manifest, each. */
  lines: z.array(LineView),
  /** The version that is live now, to compare with. */
  live: VersionView.nullable(),
  /** What it says otherwise than that; null when none is live. */
  diff: VersionDiff.nullable(),
  /** The manifest beside what reading the code told; null when that is not known. */
  code_check: ManifestCheck.nullable(),
  /** Its tests as they are now, and how these went last for exactly this text; null for never. */
  tests: z.object({ cases: ToolTests, report: TestReport.nullable() }),
})
export type ApprovalView = z.infer<typeof ApprovalView>
/** Oldest first. */
export const ApprovalList = pageOf(ApprovalView)

/** `POST /api/approvals/:id/decision` */
export const DecisionRequest = z.strictObject({
  hash: z.string().regex(/^[0-9a-f]{64}$/, 'must be the hash of the version'),
  decision: z.enum(['approve', 'reject']),
  reason: writtenText(2_000).nullable().default(null),
  /** Lines that an approval grants for a time only. */
  expiries: z
    .array(z.strictObject({ kind: LineKind, value: z.string().max(500), expires_at: time }))
    .max(200)
    .default([]),
})
export type DecisionRequest = z.infer<typeof DecisionRequest>

/** Whether a live version was called, or a draft tried. */
export const ExecutionKind = z.enum(['call', 'trial'])
export type ExecutionKind = z.infer<typeof ExecutionKind>

/** How an execution ended. */
export const OutcomeKind = z.enum(Outcome.options.map((option) => option.shape.kind.value))

/** One call or trial of one version. */
export const ExecutionView = z.object({
  id: z.uuid(),
  kind: ExecutionKind,
  tool: z.string(),
  /** Number and hash of the version that ran. */
  version: z.int(),
  hash: z.string(),
  principal: z.string(),
  principal_label: z.string(),
  client: ClientInfo.nullable(),
  request_id: z.string(),
  arguments: JsonObject,
  outcome: OutcomeKind,
  detail: z.string().nullable(),
  result: z.string().nullable(),
  stdout: z.string(),
  duration_ms: z.number(),
  isolation: Isolation.nullable(),
  egress: z.array(EgressRecord),
  started_at: z.iso.datetime(),
})
export type ExecutionView = z.infer<typeof ExecutionView>
/** Newest first. */
export const ExecutionList = pageOf(ExecutionView)

/** `GET /internal/worker-secrets`, with the deploy key: what the Worker must hold. */
export const WorkerSecrets = z.object({
  service_token: z.string(),
  assertion_key: z.string(),
  /** Signs session ids; the same for every deployment, so that sessions outlive one. */
  session_key: z.string(),
})
export type WorkerSecrets = z.infer<typeof WorkerSecrets>
