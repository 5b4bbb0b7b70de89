import { sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import {
  boolean,
  check,
  doublePrecision,
  foreignKey,
  index,
  integer,
  json,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { ApprovalState, ExecutionKind, VersionState } from '#contract/admin-api.ts'
import type { ToolAnnotations } from '#contract/catalog.ts'
import type { EgressRecord } from '#contract/egress.ts'
import type { JsonObject } from '#contract/json.ts'
import type { LineKind, Manifest } from '#contract/manifest.ts'
import type { ClientInfo } from '#contract/operation.ts'
import type { ModuleLock } from '#contract/packages.ts'
import type { ApprovalPolicy, PolicyRule } from '#contract/approval-policy.ts'
import type { PublicationKind } from '#contract/publication.ts'
import type { Isolation, Language, Outcome } from '#contract/sandbox.ts'
import { at, bytea, createdAt, id } from './columns.ts'

/**
 * The tables; the source of `migrations/`. Rules that a constraint can carry stand here. JSON is
 * kept as its text: jsonb would refuse the NUL escapes that tool data may hold.
 */

const serverId = () =>
  uuid('server_id')
    .notNull()
    .references(() => servers.id)
/** How long something is granted, and how it was taken back. */
export const term = () => ({
  /** Null: until it is revoked. */
  expiresAt: at('expires_at'),
  /** When its end by time was told. */
  expiryNotedAt: at('expiry_noted_at'),
  revokedAt: at('revoked_at'),
  revokedBy: uuid('revoked_by').references(() => admins.id),
  revocationReason: text('revocation_reason'),
})
/** Nothing is revoked by nobody, or for no reason. */
export const revokedInFull = sql`num_nonnulls(revoked_at, revoked_by, revocation_reason) in (0, 3) and (revocation_reason is null or length(revocation_reason) > 0)`
const versionId = () =>
  uuid('version_id')
    .notNull()
    .references(() => versions.id)

/** Everybody who ever asked for something, as people know them. */
export const principals = pgTable('principals', {
  key: text('key').primaryKey(),
  label: text('label').notNull(),
})

/** A deleted one stays, under a name that is free again: its history is never lost. */
export const servers = pgTable(
  'servers',
  {
    id: id(),
    name: text('name').notNull(),
    description: text('description').notNull(),
    /** Null: what the setting of this name says. */
    approvalPolicy: text('approval_policy').$type<ApprovalPolicy>(),
    createdBy: text('created_by').notNull(),
    createdAt: createdAt(),
    stoppedBy: text('stopped_by'),
    stoppedAt: at('stopped_at'),
    deletedBy: text('deleted_by'),
    deletedAt: at('deleted_at'),
  },
  (t) => [
    uniqueIndex('servers_name')
      .on(t.name)
      .where(sql`deleted_at is null`),
    check('servers_stopped', sql`(stopped_by is null) = (stopped_at is null)`),
    check('servers_deleted', sql`(deleted_by is null) = (deleted_at is null)`),
    check(
      'servers_approval_policy',
      sql`approval_policy is null or approval_policy in ('ask', 'pure', 'shrinking', 'pure+shrinking')`,
    ),
  ],
)

export const tools = pgTable(
  'tools',
  {
    id: id(),
    serverId: serverId(),
    name: text('name').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: createdAt(),
    deletedBy: text('deleted_by'),
    deletedAt: at('deleted_at'),
  },
  (t) => [
    uniqueIndex('tools_server_name')
      .on(t.serverId, t.name)
      .where(sql`deleted_at is null`),
    check('tools_deleted', sql`(deleted_by is null) = (deleted_at is null)`),
  ],
)

/** One frozen text of a tool. A trigger refuses any change to what the hash covers. */
export const versions = pgTable(
  'versions',
  {
    id: id(),
    toolId: uuid('tool_id')
      .notNull()
      .references(() => tools.id),
    number: integer('number').notNull(),
    state: text('state').$type<VersionState>().notNull(),
    hash: text('hash').notNull(),
    hashFormat: integer('hash_format').notNull(),
    kind: text('kind').$type<PublicationKind>().notNull(),
    address: text('address').notNull(),
    mimeType: text('mime_type'),
    description: text('description').notNull(),
    language: text('language').$type<Language>().notNull(),
    code: text('code').notNull(),
    inputSchema: json('input_schema').$type<JsonObject>().notNull(),
    outputSchema: json('output_schema').$type<JsonObject>(),
    annotations: json('annotations').$type<ToolAnnotations>().notNull(),
    manifest: json('manifest').$type<Manifest>().notNull(),
    moduleLock: json('module_lock').$type<ModuleLock>(),
    timeoutMs: integer('timeout_ms').notNull(),
    queueWhenAway: boolean('queue_when_away').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: createdAt(),
    approvalId: uuid('approval_id').references((): AnyPgColumn => approvals.id),
  },
  (t) => [
    unique('versions_tool_number').on(t.toolId, t.number),
    unique('versions_id_hash').on(t.id, t.hash),
    uniqueIndex('versions_one_draft')
      .on(t.toolId)
      .where(sql`state = 'draft'`),
    uniqueIndex('versions_one_pending')
      .on(t.toolId)
      .where(sql`state = 'pending'`),
    uniqueIndex('versions_one_live')
      .on(t.toolId)
      .where(sql`state = 'live'`),
    check('versions_state', sql`state in ('draft', 'pending', 'live', 'archived', 'rejected')`),
    check('versions_hash', sql`hash ~ '^[0-9a-f]{64}$'`),
    uniqueIndex('versions_one_live_address')
      .on(t.kind, t.address)
      .where(sql`state = 'live'`),
    // The names of variables tell no two addresses apart (shapeOf in contract/publication.ts).
    uniqueIndex('versions_one_live_shape')
      .on(sql`regexp_replace(address, '\\{[^}]*\\}', '{}', 'g')`)
      .where(sql`state = 'live' and kind = 'resource'`),
    check('versions_kind', sql`kind in ('tool', 'prompt', 'resource')`),
    check('versions_mime_type', sql`kind = 'resource' or mime_type is null`),
    check('versions_language', sql`language in ('python', 'typescript')`),
    // Hashes of older formats do not cover it.
    check(
      'versions_queue_when_away',
      sql`not queue_when_away or (kind = 'tool' and hash_format >= 3)`,
    ),
    check('versions_timeout', sql`timeout_ms between 1000 and 300000`),
    check('versions_live_is_approved', sql`state <> 'live' or approval_id is not null`),
  ],
)

/** One question to a person about one version, bound to the hash of what they see. */
export const approvals = pgTable(
  'approvals',
  {
    id: id(),
    versionId: uuid('version_id').notNull(),
    hash: text('hash').notNull(),
    state: text('state').$type<ApprovalState>().notNull(),
    requestedBy: text('requested_by').notNull(),
    client: json('client').$type<ClientInfo>(),
    address: text('address'),
    notes: text('notes').notNull(),
    requestedAt: at('requested_at').notNull().defaultNow(),
    decidedBy: uuid('decided_by').references(() => admins.id),
    /** The rule that approved in place of a person. */
    decidedByPolicy: text('decided_by_policy').$type<PolicyRule>(),
    decidedAt: at('decided_at'),
    reason: text('reason'),
  },
  (t) => [
    foreignKey({
      name: 'approvals_version_hash',
      columns: [t.versionId, t.hash],
      foreignColumns: [versions.id, versions.hash],
    }),
    uniqueIndex('approvals_one_waiting')
      .on(t.versionId)
      .where(sql`state = 'waiting'`),
    check('approvals_state', sql`state in ('waiting', 'approved', 'rejected', 'withdrawn')`),
    check(
      'approvals_decided',
      sql`(state in ('approved', 'rejected')) = (num_nonnulls(decided_by, decided_by_policy) = 1 and decided_at is not null)`,
    ),
    // A policy approves, by a rule that there is, or leaves the question to a person.
    check(
      'approvals_by_policy',
      sql`decided_by_policy is null or (state = 'approved' and decided_by_policy in ('pure', 'shrinking'))`,
    ),
    check('approvals_reason', sql`state <> 'rejected' or coalesce(length(reason), 0) > 0`),
  ],
)

/** One approved line of a version's manifest. */
export const grants = pgTable(
  'grants',
  {
    id: id(),
    versionId: versionId(),
    approvalId: uuid('approval_id')
      .notNull()
      .references(() => approvals.id),
    kind: text('kind').$type<LineKind>().notNull(),
    value: text('value').notNull(),
    grantedAt: at('granted_at').notNull().defaultNow(),
    ...term(),
  },
  (t) => [
    unique('grants_once').on(t.versionId, t.kind, t.value),
    index('grants_expiry')
      .on(t.expiresAt)
      .where(sql`expiry_noted_at is null`),
    check('grants_kind', sql`kind in ('host', 'module', 'package', 'secret')`),
    check('grants_revoked', revokedInFull),
  ],
)

/** One call (or trial) of one version: who, what, how long, how it ended. */
export const executions = pgTable(
  'executions',
  {
    id: uuid('id').primaryKey(),
    kind: text('kind').$type<ExecutionKind>().notNull(),
    versionId: versionId(),
    tool: text('tool').notNull(),
    principal: text('principal').notNull(),
    principalLabel: text('principal_label').notNull(),
    client: json('client').$type<ClientInfo>(),
    requestId: text('request_id').notNull(),
    arguments: json('arguments').$type<JsonObject>().notNull(),
    outcome: text('outcome').$type<Outcome['kind']>().notNull(),
    detail: text('detail'),
    result: text('result'),
    stdout: text('stdout').notNull(),
    durationMs: doublePrecision('duration_ms').notNull(),
    isolation: json('isolation').$type<Isolation>(),
    egress: json('egress').$type<EgressRecord[]>().notNull(),
    startedAt: at('started_at').notNull(),
  },
  (t) => [
    index('executions_recent').on(t.startedAt.desc()),
    index('executions_of_version').on(t.versionId, t.startedAt.desc()),
    check('executions_kind', sql`kind in ('call', 'trial')`),
    check('executions_outcome', sql`outcome in ('ok', 'failed', 'timed_out', 'killed', 'refused')`),
  ],
)

export const admins = pgTable('admins', {
  id: id(),
  username: text('username').notNull().unique(),
  passwordHash: text('password_hash').notNull(),
  createdAt: createdAt(),
})

/** Values the installation keeps for itself, sealed. */
export const settings = pgTable('settings', {
  key: text('key').primaryKey(),
  sealed: bytea('sealed').notNull(),
})
