import type { ExecutionKind } from '#contract/admin-api.ts'
import { CALL_CPU_S, CALL_MEMORY_BYTES, CALL_OPEN_FILES } from '#contract/limits.ts'
import type { JsonObject } from '#contract/json.ts'
import { EMPTY_MANIFEST } from '#contract/manifest.ts'
import type { OpId } from '#contract/operation.ts'
import type { RunRequest } from '#contract/sandbox.ts'
import type { NumberedOutcome, RunNews, Sandbox } from '../sandbox.ts'
import type { Stores } from '../stores.ts'
import { assertApproved } from '../tools/callable.ts'
import type { Candidate } from '../tools/tool-store.ts'
import { grantedSecrets } from './granted-secrets.ts'
import { scrubber } from './scrub.ts'

/** One execution to come. */
export interface ExecutionOrder {
  opId: OpId
  kind: ExecutionKind
  candidate: Candidate
  arguments: JsonObject
  /** The caller waits no longer than this. */
  deadlineMs: number
  /** The boot of the sandbox that has, or gets, this run. */
  bootId: string
  /** An earlier owner of the operation may have sent it to that boot already. */
  sentBefore: boolean
  news: (news: RunNews) => void
  cancel: AbortSignal
  detach: AbortSignal
}

/**
 * Runs one version once. A call gets what was approved, after checking once more that it was; a
 * trial of a draft gets nothing: no host, no secret, no module beyond the default ones.
 * @throws Refusal hash_mismatch, not_approved, secret_unset, sandbox_unreachable
 */
export async function execute(
  stores: Pick<Stores, 'secrets'>,
  sandbox: Pick<Sandbox, 'run'>,
  { opId, kind, candidate, bootId, sentBefore, news, cancel, detach, ...asked }: ExecutionOrder,
): Promise<NumberedOutcome | 'other_boot'> {
  const { version } = candidate
  if (kind === 'call') assertApproved(candidate)
  const manifest = kind === 'call' ? version.manifest : EMPTY_MANIFEST
  const secrets = await grantedSecrets(stores.secrets, version, manifest)
  const request: RunRequest = {
    run_id: opId,
    version: {
      hash: version.hash,
      language: version.language,
      code: version.code,
      input_schema: version.inputSchema,
      manifest,
      module_lock: kind === 'call' ? version.moduleLock : null,
    },
    input: asked.arguments,
    secrets: secrets.readable,
    bound_secrets: secrets.bound,
    limits: {
      timeout_ms: Math.min(version.timeoutMs, asked.deadlineMs),
      memory_bytes: CALL_MEMORY_BYTES,
      cpu_s: CALL_CPU_S,
      open_files: CALL_OPEN_FILES,
    },
  }
  const scrub = scrubber(secrets.values)
  const ended = await sandbox.run(bootId, request, {
    news: (said) => news(scrub.news(said)),
    cancel,
    detach,
    sentBefore,
  })
  return ended === 'other_boot' ? ended : { seq: ended.seq, outcome: scrub.outcome(ended.outcome) }
}
