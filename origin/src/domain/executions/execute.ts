import type { ExecutionKind } from '#contract/admin-api.ts'
import { CALL_CPU_S, CALL_MEMORY_BYTES, CALL_OPEN_FILES } from '#contract/limits.ts'
import type { JsonObject } from '#contract/json.ts'
import { manifestLines } from '#contract/manifest.ts'
import type { OpId } from '#contract/operation.ts'
import type { RunRequest } from '#contract/sandbox.ts'
import type { NumberedOutcome, RunNews, Sandbox } from '../sandbox.ts'
import type { Stores } from '../stores.ts'
import type { GrantedLine } from '../grants/grant.ts'
import { endsOf, grantedPart } from '../grants/missing-lines.ts'
import { isInForce, wasInForce } from '../grants/term.ts'
import type { GrantWatch } from '../grants/watch.ts'
import { permittedLines } from '../permissions/permitted.ts'
import { approvedText, assertApproved } from '../tools/callable.ts'
import type { Candidate } from '../tools/tool-store.ts'
import type { Version } from '../tools/version.ts'
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
  /** When the operation began: what was granted then may have been given to it. */
  begunAt: Date
  /** The epoch of grants before the candidate was read. */
  epoch: number
  news: (news: RunNews) => void
  cancel: AbortSignal
  detach: AbortSignal
}

/**
 * Runs one version once. A call gets what was approved, after checking once more that it was; a
 * trial of a draft gets those lines of its manifest that stand permitted, and no secret. What is taken back
 * while it runs, it loses at its next connection. A run that was sent before goes on with what is left.
 * @throws Refusal hash_mismatch, not_approved, secret_unset, sandbox_unreachable
 */
export async function execute(
  stores: Pick<Stores, 'secrets' | 'tools' | 'permissions'>,
  { sandbox, watch }: { sandbox: Pick<Sandbox, 'run'>; watch: Pick<GrantWatch, 'follow'> },
  order: ExecutionOrder,
): Promise<NumberedOutcome | 'other_boot'> {
  const { opId, kind, candidate, bootId, sentBefore, news, cancel, detach, ...asked } = order
  const { version } = candidate
  const now = new Date()
  if (kind === 'call' && !sentBefore) assertApproved(candidate, now)
  const granted =
    kind === 'call' ? approvedText(candidate).lines : await permittedTo(stores, version, now)
  const given = grantedPart(version.manifest, granted, (term) =>
    sentBefore ? wasInForce(term, earlier(asked.begunAt)) : isInForce(term, now),
  )
  const manifest = grantedPart(given, granted, (term) => isInForce(term, now))
  const held = await grantedSecrets(stores.secrets, version, given)
  const secrets = sentBefore ? await grantedSecrets(stores.secrets, version, manifest) : held
  const isBare = manifestLines(given).length === 0
  const ends = async () =>
    isBare ? [] : endsOf(given, await grantedNow(stores, kind, version), new Date())
  using _watching = watch.follow({ runId: opId, ends }, sentBefore ? null : asked.epoch)
  const request: RunRequest = {
    run_id: opId,
    version: {
      hash: version.hash,
      language: version.language,
      code: version.code,
      input_schema: version.inputSchema,
      manifest,
      module_lock: manifest.packages.length > 0 ? version.moduleLock : null,
    },
    input: asked.arguments,
    secrets: secrets.readable,
    bound_secrets: secrets.bound,
    withdrawals: endsOf(manifest, granted, now),
    limits: {
      timeout_ms: Math.min(version.timeoutMs, asked.deadlineMs),
      memory_bytes: CALL_MEMORY_BYTES,
      cpu_s: CALL_CPU_S,
      open_files: CALL_OPEN_FILES,
    },
  }
  const scrub = scrubber(held.values)
  const ended = await sandbox.run(bootId, request, {
    news: (said) => news(scrub.news(said)),
    cancel,
    detach,
    sentBefore,
  })
  return ended === 'other_boot' ? ended : { seq: ended.seq, outcome: scrub.outcome(ended.outcome) }
}

/** By how much the clocks of those who began it and of those who revoke may differ. */
const CLOCKS_MS = 60_000

function earlier(time: Date): Date {
  return new Date(time.getTime() - CLOCKS_MS)
}

type Reading = Pick<Stores, 'tools' | 'permissions'>

/** The lines that are granted to a version now, in force or not. */
async function grantedNow(
  stores: Reading,
  kind: ExecutionKind,
  version: Version,
): Promise<readonly GrantedLine[]> {
  if (kind === 'trial') return permittedTo(stores, version, new Date())
  return (await stores.tools.candidate(version.id))?.approved?.lines ?? []
}

async function permittedTo(
  { permissions }: Pick<Reading, 'permissions'>,
  { toolId }: Version,
  now: Date,
): Promise<GrantedLine[]> {
  return permittedLines(await permissions.ofTool(toolId), now)
}
