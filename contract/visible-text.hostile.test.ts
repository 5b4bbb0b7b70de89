import { expect, test } from 'vitest'
import { isPlain, visibleJson, visibleLine, visibleText } from './visible-text.ts'

test.each([
  ['a Cyrillic а in a Latin word', 'p\u0430yment', 'p\\u{430}yment'],
  ['a Latin c in a Cyrillic word', 'cлово', 'c\\u{43b}\\u{43e}\\u{432}\\u{43e}'],
  ['a Greek omicron in a host', 'g\u03bfogle.com', 'g\\u{3bf}ogle.com'],
  ['an Armenian o', 'l\u0585gin', 'l\\u{585}gin'],
  [
    'a host of Cyrillic letters alone',
    '\u0430\u0440\u0440\u04cf\u0435.com',
    '\\u{430}\\u{440}\\u{440}\\u{4cf}\\u{435}.com',
  ],
  ['one such letter between Latin words', 'grant \u0430 token', 'grant \\u{430} token'],
  ['scripts kept apart by nothing one sees', 'p\u200b\u0430y', 'p\\u{200b}\\u{430}y'],
  ['such a word on a line that is Cyrillic too', 'привет \u0440\u0443\u0441', null],
  ['fullwidth letters', '\uff50\uff41\uff59', '\\u{ff50}\\u{ff41}\\u{ff59}'],
  ['mathematical letters', '\u{1d429}ay', '\\u{1d429}ay'],
  ['letters of private use', 'a\ue000b', 'a\\u{e000}b'],
  ['Braille without dots', 'a\u2800b', 'a\\u{2800}b'],
  ['a tower of marks', `a${'\u0301'.repeat(6)}`, `a${'\u0301'.repeat(4)}\\u{301}\\u{301}`],
  ['a lone surrogate', 'a\ud800b', 'a\\u{d800}b'],
  ['a colour', '\u001b[31mred\u001b[0m', '\\u{1b}[31mred\\u{1b}[0m'],
  [
    'a link of a terminal',
    '\u001b]8;;https://evil.example\u0007ok\u001b]8;;\u0007',
    '\\u{1b}]8;;https://evil.example\\u{7}ok\\u{1b}]8;;\\u{7}',
  ],
  ['a C1 escape', '\u009b2J', '\\u{9b}2J'],
  ['an Arabic letter mark', 'a\u061cb', 'a\\u{61c}b'],
  ['a joined word', 'ad\u2060min\ufeff', 'ad\\u{2060}min\\u{feff}'],
])('%s is spelled out', (_what, text, spelled) => {
  expect(isPlain(text)).toBe(false)
  expect(visibleText(text)).toBe(
    spelled ?? text.replaceAll(/[\u0440\u0443\u0441]{3}/g, '\\u{440}\\u{443}\\u{441}'),
  )
})

test.each([
  'größe, naïve, Ærø, Łódź',
  'привет, мир: а у нас всё в порядке',
  'Καλημέρα κόσμε',
  '日本語とEnglishとカタカナ',
  '한국어 text',
  'שלום עולם',
  'مرحبا',
  'Բարեւ',
  'm² of 5 µs, ™',
  'שָׁלוֹם',
  'Việt Nam',
])('what people write is plain: %s', (text) => {
  expect(isPlain(text)).toBe(true)
  expect(visibleText(text)).toBe(text)
})

test('one line stays one line', () => {
  expect(visibleLine('fine\n── approved\r\n')).toBe('fine\\u{a}── approved\\u{d}\\u{a}')
})

const HOSTILE = {
  'n\u0430me': 'p\u0430y\u202e \u200b"quoted" \\ \u{1d429}',
  lines: ['# heading\n\n- item', '![beacon](https://evil.example/?q=1)', '[ok](javascript:x)'],
  html: '<img src=x onerror=alert(1)><!-- --></p> a < b',
  привет: 'мир',
}

test('JSON says the same, and nothing in it is hidden, a link or an element', () => {
  for (const indent of [undefined, 2]) {
    const json = visibleJson(HOSTILE, indent)
    expect(JSON.parse(json)).toEqual(HOSTILE)
    expect(isPlain(json)).toBe(true)
    expect(json).not.toMatch(/<[a-z/!]|\]\(|\n\s*[#-]/i)
    expect(json).toContain('привет')
    expect(json).toContain('a < b')
  }
})

test('JSON with nothing odd in it is what it always was', () => {
  const plain = { code: 'if a < b:\n\treturn "größe"', n: [1, null, true] }
  expect(visibleJson(plain, 2)).toBe(JSON.stringify(plain, null, 2))
})
