import { z } from 'zod'
import { Json, JsonObject } from './json.ts'
import { MIN_SECRET_CHARS } from './limits.ts'
import { SecretName } from './names.ts'
import { MAX_RECORDED_ANSWERS, RecordedAnswer } from './recorded-answers.ts'

/** How many tests a text may have, and how much they may be together, as bytes of JSON. */
export const MAX_TESTS = 20
export const MAX_TESTS_BYTES = 200_000

const Written = z.string().refine((text) => text.isWellFormed(), 'must be well-formed text')

/** One test that ships with a tool: what goes in, and exactly one of what is to come of it. */
export const ToolTest = z
  .strictObject({
    name: Written.min(1)
      .max(100)
      .regex(/^[^\p{C}\p{Zl}\p{Zp}]+$/u, 'must be one visible line'),
    input: JsonObject.default({}),
    /** The value that `main` gives, to the letter. */
    result: Json.optional(),
    /** A JSON Schema that the value fits. */
    schema: JsonObject.optional(),
    /** A part of the message with which it fails. */
    error: Written.min(1).max(1_000).optional(),
    /** Values for this test; a secret that is not among them is `test-NAME`. Never real ones. */
    secrets: z.record(SecretName, Written.min(MIN_SECRET_CHARS).max(1_000)).default({}),
    http: z.array(RecordedAnswer).max(MAX_RECORDED_ANSWERS).default([]),
  })
  .refine(
    ({ result, schema, error }) =>
      [result, schema, error].filter((one) => one !== undefined).length === 1,
    'must have exactly one of result, schema and error',
  )
export type ToolTest = z.infer<typeof ToolTest>

export const ToolTests = z
  .array(ToolTest)
  .max(MAX_TESTS)
  .refine(
    (tests) => new Set(tests.map(({ name }) => name)).size === tests.length,
    'must have names that differ',
  )
  .refine(
    (tests) => new TextEncoder().encode(JSON.stringify(tests)).length <= MAX_TESTS_BYTES,
    `must have at most ${MAX_TESTS_BYTES} bytes together`,
  )
export type ToolTests = z.infer<typeof ToolTests>

/** How one test went. */
export const CaseReport = z.object({
  name: z.string(),
  passed: z.boolean(),
  /** What was otherwise than expected; null when it passed. */
  why: z.string().nullable(),
  duration_ms: z.number().nonnegative(),
})
export type CaseReport = z.infer<typeof CaseReport>

/** How all tests of one text went, together. */
export const TestReport = z.object({
  passed: z.boolean(),
  /** What they ran under, such as `python 3.11.2`. */
  runtime: z.string(),
  ran_at: z.iso.datetime(),
  cases: z.array(CaseReport),
})
export type TestReport = z.infer<typeof TestReport>
