import { expect, it } from 'vitest'
import { spellings, utf8 } from './spellings.ts'

const VALUE = `p/q "é\n+=?&<'key`

it.each([
  ['as it is', VALUE],
  ['in JSON', String.raw`p/q \"é\n+=?&<'key`],
  ['in JSON that is ASCII', String.raw`p/q \"\u00e9\n+=?&<'key`],
  ['in a Python string', String.raw`p/q "é\n+=?&<'key`],
  ['in a Python string that is ASCII', String.raw`p/q "\xe9\n+=?&<'key`],
  ['in Python bytes', String.raw`p/q "\xc3\xa9\n+=?&<'key`],
  ['in HTML', `p/q &quot;é\n+=?&amp;&lt;&#39;key`],
  ['as a browser encodes it', `p%2Fq%20%22%C3%A9%0A%2B%3D%3F%26%3C'key`],
  ['as a form encodes it', 'p%2Fq+%22%C3%A9%0A%2B%3D%3F%26%3C%27key'],
  ['as Python quotes it', 'p/q%20%22%C3%A9%0A%2B%3D%3F%26%3C%27key'],
  ['URL-encoded in lower case', 'p%2fq%20%22%c3%a9%0a%2b%3d%3f%26%3c%27key'],
  ['in hexadecimal', Buffer.from(VALUE).toString('hex')],
  ['in capital hexadecimal', Buffer.from(VALUE).toString('hex').toUpperCase()],
  ['in base64', Buffer.from(VALUE).toString('base64').replace(/=+$/, '')],
  ['in base64url', Buffer.from(VALUE).toString('base64url')],
  ['backwards', `yek'<&?=+\né" q/p`],
  ['in capitals', `P/Q "É\n+=?&<'KEY`],
])('a value is spelled %s', (_, spelled) => {
  expect(spellings(VALUE)).toContain(spelled)
})

it.each([1, 2, 3, 4, 5, 6, 7, 8, 9])(
  'at whatever offset a value of %i characters and more is in base64, a piece of it is spelled',
  (length) => {
    const value = 'k~7Z_q?9é'.slice(0, length)
    for (let before = 0; before < 6; before++) {
      const bytes = Buffer.concat([
        Buffer.alloc(before, 'x'),
        Buffer.from(value),
        Buffer.from('yz'),
      ])
      const found = (encoded: string) => spellings(value).some((piece) => encoded.includes(piece))
      expect(found(bytes.toString('base64'))).toBe(length >= 4)
      expect(found(bytes.toString('base64url'))).toBe(length >= 4)
    }
  },
)

it('a value without characters to encode has few spellings', () => {
  expect(spellings('hunter2abc').length).toBeLessThan(12)
})

it('lone surrogates are spelled as what becomes of them in UTF-8', () => {
  expect(utf8('\ud800a')).toBe('\xef\xbf\xbda')
  expect(spellings('abcd\ud800')).toContain('abcd%EF%BF%BD')
})
