import { expect, test } from 'vitest'
import { MAX_CODE_BYTES } from '#contract/limits.ts'
import { applyDiff } from './apply-diff.ts'

const code = 'a\n'.repeat(MAX_CODE_BYTES / 2)

test('a diff that would be compared with every line of much code is refused, not applied', () => {
  const hunk = `@@ -1,1 +1,1 @@\n${' a\n'.repeat(20_000)}-b\n`
  expect(() => applyDiff(code, hunk)).toThrow('too long for this code')
})

test('many hunks that fit nowhere near their number end', () => {
  const hunks = Array.from(
    { length: 100 },
    (_, at) => `@@ -${at % 2 === 0 ? 1 : 49_000},2 +1,2 @@\n a\n-b\n`,
  )
  expect(() => applyDiff(code, hunks.join(''))).toThrow('Hunk 1 fits nowhere')
})
