import type { ActivityView } from '#contract/admin-door/activity.ts'
import type { ApprovalView, ExecutionView, LineView, VersionView } from '#contract/admin-api.ts'
import type { CodeUses } from '#contract/code-uses.ts'
import { wireName } from '#contract/names.ts'
import type { PackageFacts } from '#contract/packages.ts'
import { decisionFacts } from '../../domain/approvals/decision-facts.ts'
import type { Activity } from '../../domain/activity.ts'
import type { Approval } from '../../domain/approvals/approval-store.ts'
import type { Execution } from '../../domain/executions/execution-store.ts'
import { manifestCheck } from '../../domain/reading/manifest-check.ts'
import type { Version } from '../../domain/tools/version.ts'
import { versionDiff } from '../../domain/tools/version-diff.ts'

export function versionView(version: Version): VersionView {
  return {
    tool: wireName(version.server, version.tool),
    number: version.number,
    state: version.state,
    hash: version.hash,
    publication: version.publication,
    description: version.description,
    language: version.language,
    code: version.code,
    input_schema: version.inputSchema,
    output_schema: version.outputSchema,
    annotations: version.annotations,
    manifest: version.manifest,
    module_lock: version.moduleLock,
    timeout_ms: version.timeoutMs,
    queue_when_away: version.queueWhenAway,
    created_by: version.createdBy,
    created_at: version.createdAt.toISOString(),
  }
}

/** What is looked up about a question, beside it. */
export interface Evidence {
  facts: PackageFacts[]
  lines: LineView[]
  /** Null when reading the code was never kept. */
  uses: CodeUses | null
  tests: ApprovalView['tests']
}

export function approvalView(
  approval: Approval,
  version: Version,
  live: Version | null,
  { facts, lines, uses, tests }: Evidence,
): ApprovalView {
  return {
    id: approval.id,
    ...decisionFacts(approval),
    hash: approval.hash,
    requested_by: approval.requestedBy,
    client: approval.client,
    address: approval.address,
    notes: approval.notes,
    requested_at: approval.requestedAt.toISOString(),
    version: versionView(version),
    package_facts: facts,
    lines,
    live: live === null ? null : versionView(live),
    diff: live === null ? null : versionDiff(live, version),
    code_check: uses === null ? null : manifestCheck(version, uses),
    tests,
  }
}

export function executionView(execution: Execution): ExecutionView {
  return {
    id: execution.id,
    kind: execution.kind,
    tool: execution.tool,
    version: execution.version,
    hash: execution.hash,
    principal: execution.principal,
    principal_label: execution.principalLabel,
    client: execution.client,
    request_id: execution.requestId,
    arguments: execution.arguments,
    outcome: execution.outcome,
    detail: execution.detail,
    result: execution.result,
    stdout: execution.stdout,
    duration_ms: execution.durationMs,
    isolation: execution.isolation,
    egress: execution.egress,
    started_at: execution.startedAt.toISOString(),
  }
}

export function activityView(activity: Activity): ActivityView {
  return {
    id: activity.id,
    at: activity.at.toISOString(),
    actor: activity.actor,
    action: activity.action,
    subject: activity.subject,
    details: activity.details,
    client: activity.client,
    address: activity.address,
    request_id: activity.requestId,
  }
}
