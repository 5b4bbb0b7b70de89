import { applyPatch } from 'diff'
import { expect, test } from 'vitest'
import { MAX_CODE_BYTES } from '#contract/limits.ts'
import { codeDiff, countedLines } from './code-diff.ts'

const lines = (line: string) => `${line}\n`.repeat(MAX_CODE_BYTES / (line.length + 1))
const [all, other] = [lines('a'), lines('b')]

test('texts of a hundred thousand bytes that share no line are told apart without seeking for ever', () => {
  const diff = codeDiff({ number: 1, code: all }, { number: 2, code: other })
  expect(diff.split('\n').slice(0, 4)).toEqual([
    '--- version 1',
    '+++ version 2',
    '@@ -1,50000 +1,50000 @@',
    '-a',
  ])
  expect(applyPatch(all, diff)).toBe(other)
  expect(countedLines(all, other)).toBeNull()
})

test('a few changes in much code are found', () => {
  const changed = `first\n${all}`
  const diff = codeDiff({ number: 1, code: all }, { number: 2, code: changed })
  expect(diff).toBe('--- version 1\n+++ version 2\n@@ -1,4 +1,5 @@\n+first\n a\n a\n a\n a\n')
  expect(countedLines(all, changed)).toEqual({ added: 1, removed: 0 })
})
