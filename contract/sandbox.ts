import { z } from 'zod'
import { Content } from './content.ts'
import { Ask } from './asks.ts'
import { CodeUses } from './code-uses.ts'
import { BoundSecret, EgressRecord } from './egress.ts'
import { Json, JsonObject } from './json.ts'
import { MAX_QUESTIONS_AT_ONCE, MAX_TIMEOUT_MS } from './limits.ts'
import { Manifest } from './manifest.ts'
import { LogLevel } from './operation.ts'
import { ModuleLock } from './packages.ts'
import { MOST_WITHDRAWALS, Withdrawal } from './withdrawal.ts'
import { AnsweredBy } from './recorded-answers.ts'

/** The header in which whoever calls the sandbox shows its key. */
export const SANDBOX_KEY_HEADER = 'x-api-key'

/** Confinement levels, strongest first; see docs/threat-model.md for the layers of each. */
export const IsolationLevel = z.enum(['S4', 'S3', 'S2', 'S1', 'M1', 'S0'])
export type IsolationLevel = z.infer<typeof IsolationLevel>

/** Confinement in force, as the confined process itself proved it before it got any code. */
export const Isolation = z.object({ level: IsolationLevel, layers: z.array(z.string()) })
export type Isolation = z.infer<typeof Isolation>

/** What a tool is written in. Plain JavaScript is TypeScript without types. */
export const Language = z.enum(['python', 'typescript'])
export type Language = z.infer<typeof Language>

/** The body of `POST /analyses`: a text to be read, not run. */
export const Source = z.strictObject({ language: Language, code: z.string() })
export type Source = z.infer<typeof Source>

export const RunLimits = z.object({
  timeout_ms: z.int().positive().max(MAX_TIMEOUT_MS),
  memory_bytes: z.int().positive(),
  cpu_s: z.int().positive(),
  open_files: z.int().positive(),
})
export type RunLimits = z.infer<typeof RunLimits>

/**
 * One call of one version. Sending the same `run_id` again never runs it twice; it
 * attaches to the run there is. `secrets` are values, in clear, for this process only.
 */
export const RunRequest = z.strictObject({
  run_id: z.string().min(1).max(100),
  version: z.strictObject({
    /** Hash of the approved (or drafted) version, for the record. */
    hash: z.string(),
    language: Language,
    code: z.string(),
    /** What the arguments are checked against where the code alone cannot say: types are gone by then. */
    input_schema: JsonObject.optional(),
    manifest: Manifest,
    /** Null when the manifest names no package. */
    module_lock: ModuleLock.nullable(),
  }),
  input: JsonObject,
  secrets: z.record(z.string(), z.string()),
  /** Values that the broker fills in and the process never gets; none of their names is in `secrets`. */
  bound_secrets: z.array(BoundSecret),
  /** Lines of the manifest that end while it runs, or have ended. */
  withdrawals: z.array(Withdrawal).max(MOST_WITHDRAWALS),
  answered_by: AnsweredBy,
  limits: RunLimits,
})
export type RunRequest = z.infer<typeof RunRequest>

/**
 * The body of `POST /runs`: a run for one boot of the sandbox, begun once however often it is sent.
 * Another boot answers 409 and runs nothing; 410 says that it ended, too long ago to say how.
 */
export const RunOrder = z.strictObject({ boot_id: z.uuid(), run: RunRequest })
export type RunOrder = z.infer<typeof RunOrder>

/** Captured standard output and error, in order. `bytes` counts all that was written. */
export const Stdout = z.object({
  text: z.string(),
  bytes: z.int().nonnegative(),
  truncated: z.boolean(),
})
export type Stdout = z.infer<typeof Stdout>

/** The tool's own failure: its exception, its lines, nothing of ours. */
const ToolFailure = z.object({
  type: z.string(),
  message: z.string(),
  traceback: z.string(),
})

/**
 * What a tool gave. With `content` the caller sees exactly these blocks, and `value` is null where
 * there is nothing structured beside them; without it the value is everything.
 */
export const Reply = z.object({ value: Json, content: Content.optional() })
export type Reply = z.infer<typeof Reply>

export const KillReason = z.enum([
  'cancelled',
  'out_of_memory',
  'cpu_limit',
  'forbidden_call',
  'output_flood',
  'result_too_large',
  'crashed',
  'sandbox_lost',
])
export type KillReason = z.infer<typeof KillReason>

const measured = {
  stdout: Stdout,
  duration_ms: z.number().nonnegative(),
  isolation: Isolation.nullable(),
  /** The requests that the tool made, or tried to; absent when there was none. */
  egress: z.array(EgressRecord).optional(),
}

/** How one execution ended. `refused` means that no process saw the code. */
export const Outcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ok'), ...Reply.shape, ...measured }),
  z.object({
    kind: z.literal('failed'),
    failure: ToolFailure,
    /** What the tool gave to say so, when it did not raise. */
    reply: Reply.optional(),
    ...measured,
  }),
  z.object({ kind: z.literal('timed_out'), ...measured }),
  z.object({ kind: z.literal('killed'), reason: KillReason, message: z.string(), ...measured }),
  z.object({ kind: z.literal('refused'), message: z.string() }),
])
export type Outcome = z.infer<typeof Outcome>

/** Line of the NDJSON stream of a run; `seq` counts from 1 and is the same for every reader. */
export const RunEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('heartbeat') }),
  z.object({
    type: z.literal('progress'),
    seq: z.int().positive(),
    progress: z.number(),
    total: z.number().optional(),
    message: z.string().optional(),
  }),
  z.object({ type: z.literal('log'), seq: z.int().positive(), level: LogLevel, data: Json }),
  /** The tool waits for replies to these: `POST /runs/:id/replies`, with this `seq`. */
  z.object({
    type: z.literal('asks'),
    seq: z.int().positive(),
    asks: z.array(Ask).min(1).max(MAX_QUESTIONS_AT_ONCE),
  }),
  z.object({ type: z.literal('outcome'), seq: z.int().positive(), outcome: Outcome }),
])
export type RunEvent = z.infer<typeof RunEvent>

/** What reading the code tells without running it: `POST /analyses`. */
export const Analysis = z.discriminatedUnion('valid', [
  z.object({
    valid: z.literal(true),
    /** JSON Schema 2020-12 of the arguments of `main`, from its signature and docstring. */
    input_schema: JsonObject,
    /** JSON Schema of the value, when the return annotation tells an object; else null. */
    output_schema: JsonObject.nullable(),
    /** First paragraph of the docstring of `main`, else of the module; else null. */
    description: z.string().nullable(),
    /** Import names as written, sorted. */
    imports: z.array(z.string()),
    uses: CodeUses,
  }),
  z.object({
    valid: z.literal(false),
    message: z.string(),
    line: z.int().positive().nullable(),
  }),
])
export type Analysis = z.infer<typeof Analysis>

/** What a confined process tried at start and met a refusal (`passed`), or did not (`failed`). */
export const SelfTest = z.object({
  passed: z.array(z.string()),
  failed: z.array(z.string()),
  checked_at: z.iso.datetime(),
})
export type SelfTest = z.infer<typeof SelfTest>

/** Versions of what runs tools in each language; null where nothing does. */
export const Runtimes = z.object({ python: z.string(), typescript: z.string().nullable() })
export type Runtimes = z.infer<typeof Runtimes>

/** `GET /health` of the sandbox. `boot_id` changes with each start: runs do not outlive it. */
export const SandboxHealth = z.object({
  status: z.enum(['ready', 'starting']),
  boot_id: z.uuid(),
  isolation: Isolation,
  runtimes: Runtimes,
  /** Layers that this machine cannot give, why, and what would help. */
  missing: z.array(z.object({ layer: z.string(), reason: z.string(), fix: z.string() })),
  self_test: SelfTest,
  running: z.int().nonnegative(),
})
export type SandboxHealth = z.infer<typeof SandboxHealth>
