import { describe, expect, test } from 'vitest'
import { Refusal } from '../refusal.ts'
import { applyDiff } from './apply-diff.ts'
import { codeDiff } from './code-diff.ts'
import { replaceIn } from './edit-code.ts'

const CODE = `import json

def load(path):
    return json.loads(path)

def main(path: str, days: int = 3):
    """Reads."""
    data = load(path)
    return data[:days]
`

function refusalOf(work: () => unknown): string {
  try {
    work()
  } catch (fault) {
    if (fault instanceof Refusal && fault.problem.code === 'edit_failed')
      return fault.problem.message
    throw fault
  }
  throw new Error('it was not refused')
}

describe('finding and replacing', () => {
  const pair = (find: string, replace: string, all = false) => ({ find, replace, all })

  test('what stands in one place is replaced there, letter for letter', () => {
    expect(replaceIn(CODE, [pair('data[:days]', 'data[-days:] # $& $1')])).toBe(
      CODE.replace('data[:days]', () => 'data[-days:] # $& $1'),
    )
  })

  test('each works on what the one before left', () => {
    expect(replaceIn('a b', [pair('a', 'c'), pair('c b', 'd')])).toBe('d')
  })

  test('what stands in several places is refused, with the lines, unless all are meant', () => {
    expect(refusalOf(() => replaceIn(CODE, [pair('path', 'file')]))).toBe(
      'The text to find stands in 4 places, at lines 3, 4, 6, 8, so nothing was changed: take in more of what stands around it, or say `all: true`.',
    )
    expect(replaceIn(CODE, [pair('path', 'file', true)])).not.toContain('path')
  })

  test('lines are counted also where what is found has several', () => {
    const text = 'x\ny\n'.repeat(3)
    expect(refusalOf(() => replaceIn(text, [pair('x\ny\n', '')]))).toContain('lines 1, 3, 5')
    expect(refusalOf(() => replaceIn('z '.repeat(40), [pair('z', '')]))).toContain(
      'in 40 places, at lines 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, …',
    )
  })

  test('what stands nowhere is refused, with what is like it', () => {
    const wrong = [pair('import json', 'import re'), pair('\tdata = load( path )\n', '')]
    expect(refusalOf(() => replaceIn(CODE, wrong))).toBe(
      'The text of edit 2 stands nowhere in the code, so nothing was changed. Most like "\\tdata = load( path )": line 8: "    data = load(path)"; line 3: "def load(path):".',
    )
    expect(refusalOf(() => replaceIn(CODE, [pair('xyz', '')]))).toContain('mcpbox_get_tool')
  })
})

describe('a unified diff', () => {
  const changed = CODE.replace('[:days]', '[-days:]').replace('import json\n', 'import json, re\n')
  const diff = codeDiff({ number: 1, code: CODE }, { number: 2, code: changed })

  test('is applied', () => {
    expect(applyDiff(CODE, diff)).toBe(changed)
  })

  test('is applied without names of files, and where its numbers are wrong', () => {
    const bare = diff.split('\n').slice(2).join('\n')
    expect(applyDiff(CODE, bare.replace(/@@ .* @@/g, '@@ -7,1 +7,99 @@'))).toBe(changed)
  })

  test('is applied where the code moved, and where an empty line lost its space', () => {
    expect(applyDiff(`# one\n# two\n${CODE}`, diff)).toBe(`# one\n# two\n${changed}`)
    expect(applyDiff(CODE, diff.replaceAll('\n \n', '\n\n'))).toBe(changed)
  })

  test('takes lines away that look like the head of a file', () => {
    const sql = 'q = """\n-- all\nselect 1\n"""\n'
    expect(applyDiff(sql, '@@ -1,4 +1,3 @@\n q = """\n--- all\n select 1\n """\n')).toBe(
      sql.replace('-- all\n', ''),
    )
  })

  test('works on code without a last line feed', () => {
    expect(applyDiff('a\nb', '@@ -1,2 +1,2 @@\n a\n-b\n+c\n')).toBe('a\nc\n')
    expect(applyDiff('a\r\nb\r\n', '@@ -1,2 +1,2 @@\n a\n-b\n+c\n')).toBe('a\r\nc\r\n')
  })

  test('that does not fit is refused, with the hunk and what is like it', () => {
    const stale = diff.replace('    data = load(path)', '    data = load(path, 1)')
    expect(refusalOf(() => applyDiff(CODE, stale))).toMatch(
      /^Hunk 1 fits nowhere .* Most like " {4}data = load\(path, 1\)": line 8: /,
    )
  })

  test.each([
    ['empty', ''],
    ['prose', 'please change it'],
    ['names of files only', '--- a\n+++ b\n'],
    ['a hunk without numbers', '@@ def main @@\n-a\n+b\n'],
    ['of two files', '--- a\n+++ a\n@@ -1 +1 @@\n-a\n+b\n--- c\n+++ c\n@@ -1 +1 @@\n-c\n+d\n'],
  ])('that is %s is refused', (_what, text) => {
    expect(refusalOf(() => applyDiff(CODE, text))).toMatch(/diff|fits nowhere/)
  })
})
