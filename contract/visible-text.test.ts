import { expect, test } from 'vitest'
import { visibleText } from './visible-text.ts'

test('code as people write it is shown as it is', () => {
  const code = 'def main(größe: str = "日本"):\n\treturn größe  # 😀\n'
  expect(visibleText(code)).toBe(code)
})

test('an escape sequence that would erase a line is spelled out', () => {
  expect(visibleText('evil()\u001b[2K\u001b[1A')).toBe('evil()\\u{1b}[2K\\u{1b}[1A')
})

test('a carriage return cannot overwrite what stands before it', () => {
  expect(visibleText('evil()\rharmless()')).toBe('evil()\\u{d}harmless()')
})

test('bidirectional controls cannot reorder code on the screen', () => {
  expect(visibleText('if admin\u202e \u2066# check')).toBe('if admin\\u{202e} \\u{2066}# check')
})

test('invisible characters cannot make two names look alike', () => {
  expect(visibleText('safe\u200b_host')).toBe('safe\\u{200b}_host')
  expect(visibleText('x\u{e0041}')).toBe('x\\u{e0041}')
})
