import { createHash } from 'node:crypto'
import { canonicalJson } from '#contract/json.ts'
import type { ToolTests } from '#contract/tool-tests.ts'

/** SHA-256, in hex, of tests as they are written; equal tests have equal ones. */
export function testsDigest(tests: ToolTests): string {
  return createHash('sha256').update(canonicalJson(tests)).digest('hex')
}
