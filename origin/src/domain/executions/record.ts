import type { JsonObject } from '#contract/json.ts'
import { wireName } from '#contract/names.ts'
import { principalKey } from '#contract/principal.ts'
import type { Outcome, Reply } from '#contract/sandbox.ts'
import type { Operation } from '../operations/operation.ts'
import { principalLabel } from '../principals.ts'
import type { Version } from '../tools/version.ts'
import type { Doer } from '../activity.ts'
import type { Stores } from '../stores.ts'
import type { Execution } from './execution-store.ts'
import { inWords, replyInWords } from './in-words.ts'

/** What was run for an operation. */
export interface Ran {
  kind: Execution['kind']
  version: Version
  arguments: JsonObject
  startedAt: Date
}

/** Who asked for an operation, and from where, as far as the front knew. */
export function doerOf({ principal, request, requestId }: Operation): Doer {
  return {
    actor: principalKey(principal),
    client: request.client,
    address: request.address ?? null,
    requestId,
  }
}

/** Keeps who ran which version, on what, and what came of it. */
export async function record(
  { executions, activity }: Pick<Stores, 'executions' | 'activity'>,
  operation: Operation,
  { kind, version, arguments: input, startedAt }: Ran,
  outcome: Outcome,
): Promise<void> {
  const { opId, principal, request, requestId } = operation
  const measured = outcome.kind === 'refused' ? null : outcome
  await executions.add({
    id: opId,
    kind,
    versionId: version.id,
    requestId,
    startedAt,
    tool: wireName(version.server, version.tool),
    principal: principalKey(principal),
    principalLabel: principalLabel(principal),
    client: request.client,
    arguments: input,
    outcome: outcome.kind,
    detail: outcome.kind === 'ok' ? null : inWords(outcome),
    result: outcome.kind === 'ok' ? kept(outcome) : null,
    stdout: measured?.stdout.text ?? '',
    durationMs: measured?.duration_ms ?? 0,
    isolation: measured?.isolation ?? null,
    egress: measured?.egress ?? [],
  })
  await activity.record({
    ...doerOf(operation),
    action: 'execution.ended',
    subject: wireName(version.server, version.tool),
    details: { execution: opId, kind, outcome: outcome.kind, hash: version.hash },
  })
}

/** A value as JSON; of content the text, and of images and files no more than what they are. */
function kept(reply: Reply): string {
  return reply.content === undefined ? JSON.stringify(reply.value) : replyInWords(reply)
}
