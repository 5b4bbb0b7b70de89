import type { ExecutionKind } from '#contract/admin-api.ts'
import { CALL_CPU_S, CALL_MEMORY_BYTES, CALL_OPEN_FILES } from '#contract/limits.ts'
import type { JsonObject } from '#contract/json.ts'
import { type Manifest, manifestLines } from '#contract/manifest.ts'
import type { SecretName } from '#contract/names.ts'
import type { RunRequest } from '#contract/sandbox.ts'
import type { ToolTest } from '#contract/tool-tests.ts'
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
import { grantedSecrets, type GrantedSecrets } from './granted-secrets.ts'
import { scrubber } from './scrub.ts'

/** How one run is followed, and ended. */
interface Following {
  /** Names the run for one boot of the sandbox: what is sent again under it is not run again. */
  opId: string
  /** The boot of the sandbox that has, or gets, this run. */
  bootId: string
  /** An earlier owner of the operation may have sent it to that boot already. */
  sentBefore: boolean
  news: (news: RunNews) => void
  cancel: AbortSignal
  detach: AbortSignal
}

/** One execution to come. */
export interface ExecutionOrder extends Following {
  kind: ExecutionKind
  candidate: Candidate
  arguments: JsonObject
  /** When the operation began: what was granted then may have been given to it. */
  begunAt: Date
  /** The epoch of grants before the candidate was read. */
  epoch: number
  /** The caller waits no longer than this. */
  deadlineMs: number
}

/** One run of a test to come. */
export interface RehearsalOrder extends Following {
  version: Version
  test: ToolTest
  deadlineMs: number
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
  const { opId, kind, candidate, sentBefore, begunAt, epoch, deadlineMs } = order
  const { version } = candidate
  const now = new Date()
  if (kind === 'call' && !sentBefore) assertApproved(candidate, now)
  const granted =
    kind === 'call' ? approvedText(candidate).lines : await permittedTo(stores, version, now)
  const given = grantedPart(version.manifest, granted, (term) =>
    sentBefore ? wasInForce(term, earlier(begunAt)) : isInForce(term, now),
  )
  const manifest = grantedPart(given, granted, (term) => isInForce(term, now))
  const held = await grantedSecrets(stores.secrets, version, given)
  const secrets = sentBefore ? await grantedSecrets(stores.secrets, version, manifest) : held
  const isBare = manifestLines(given).length === 0
  const ends = async () =>
    isBare ? [] : endsOf(given, await grantedNow(stores, kind, version), new Date())
  using _watching = watch.follow({ runId: opId, ends }, sentBefore ? null : epoch)
  const request = {
    ...requestOf(version, { manifest, secrets, input: order.arguments, deadlineMs }),
    withdrawals: endsOf(manifest, granted, now),
    answered_by: 'network' as const,
  }
  return await send(sandbox, order, request, held)
}

/**
 * Runs one test of a version, approved or not: under its own manifest, but with no network, only with
 * the answers that the test recorded, and with no secret but the values of the test.
 * @throws Refusal sandbox_unreachable, busy
 */
export async function rehearse(
  sandbox: Pick<Sandbox, 'run'>,
  order: RehearsalOrder,
): Promise<NumberedOutcome | 'other_boot'> {
  const { version, test, deadlineMs } = order
  const { manifest } = version
  const secrets = await grantedSecrets(testSecrets(test), version, manifest)
  const given = { manifest, secrets, input: test.input, deadlineMs }
  const request = { ...requestOf(version, given), withdrawals: [], answered_by: test.http }
  return send(sandbox, order, request, secrets)
}

type Unsent = Omit<RunRequest, 'run_id' | 'withdrawals' | 'answered_by'>

function requestOf(
  version: Version,
  given: { manifest: Manifest; secrets: GrantedSecrets; input: JsonObject; deadlineMs: number },
): Unsent {
  const { manifest, secrets } = given
  return {
    version: {
      hash: version.hash,
      language: version.language,
      code: version.code,
      input_schema: version.inputSchema,
      manifest,
      module_lock: manifest.packages.length === 0 ? null : version.moduleLock,
    },
    input: given.input,
    secrets: secrets.readable,
    bound_secrets: secrets.bound,
    limits: {
      timeout_ms: Math.min(version.timeoutMs, given.deadlineMs),
      memory_bytes: CALL_MEMORY_BYTES,
      cpu_s: CALL_CPU_S,
      open_files: CALL_OPEN_FILES,
    },
  }
}

async function send(
  sandbox: Pick<Sandbox, 'run'>,
  { opId, bootId, sentBefore, news, cancel, detach }: Following,
  request: Omit<RunRequest, 'run_id'>,
  secrets: GrantedSecrets,
): Promise<NumberedOutcome | 'other_boot'> {
  const scrub = scrubber(secrets.values)
  const ended = await sandbox.run(
    bootId,
    { run_id: opId, ...request },
    { news: (said) => news(scrub.news(said)), cancel, detach, sentBefore },
  )
  return ended === 'other_boot' ? ended : { seq: ended.seq, outcome: scrub.outcome(ended.outcome) }
}

/** Values of secrets as a test has them, in the place of those that a server has. */
function testSecrets({ secrets }: ToolTest): Pick<Stores['secrets'], 'values'> {
  const given = new Map(Object.entries(secrets))
  const valueOf = (name: SecretName) => given.get(name) ?? `test-${name}`
  return { values: async (_, names) => new Map(names.map((name) => [name, valueOf(name)])) }
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
