import { expect, it } from 'vitest'
import { clean, cleanStream, cleanText, holdsSecret, messageCleaner } from './clean.ts'
import { needlesFor } from './needles.ts'

const PEM = `-----BEGIN KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC'.repeat(9)}x/+y\n-----END KEY-----\n`
const texts = (...secrets: [string, string][]) => needlesFor(secrets, 'text')
const key = texts(['KEY', 'hunter2-4711'])

it('of two secrets that overlap, one mark stands for both, with the name of the first', () => {
  const both = texts(['A', 'abcd-efgh'], ['B', 'efgh-ijkl'])
  expect(cleanText(both, '<abcd-efgh-ijkl>')).toBe('<[secret A]>')
  expect(cleanText(both, '<abcd-efgh efgh-ijkl>')).toBe('<[secret A] [secret B]>')
})

it('a value is found without the white space around it', () => {
  expect(cleanText(texts(['PIN', ' 4711\n']), 'x4711y')).toBe('x[secret PIN]y')
})

it('a long value is found whole, in its lines and in large pieces', () => {
  const pem = texts(['PEM', PEM])
  expect(cleanText(pem, `<${PEM}>`)).toBe('<[secret PEM]>')
  expect(cleanText(pem, JSON.stringify(PEM.split('\n')))).not.toContain('MII')
  const piece = PEM.slice(40, 40 + 200)
  expect(holdsSecret(pem, piece)).toBe(true)
  expect(cleanText(pem, piece).replace('[secret PEM]', '').length).toBeLessThan(2 * 64)
  expect(cleanText(pem, 'it begins with -----BEGIN KEY-----')).toContain('BEGIN KEY')
})

it.each([
  ['base64 in lines', 'aHVudGVy\nMi00NzEx'],
  ['hexadecimal with colons', '68:75:6e:74:65:72:32:2d:34:37:31:31'],
  ['backwards', '1174-2retnuh'],
  ['in lower case', 'hunter2-4711'],
])('a value is found in %s', (_, text) => {
  expect(cleanText(texts(['KEY', 'Hunter2-4711'], ['SAME', 'hunter2-4711']), text)).toMatch(
    /^\[secret \w+\]$/,
  )
})

it('what only looks like a secret stays', () => {
  for (const text of ['hunter', 'hunter2', 'hunter2-471', 'Hunter2-4711', '2-4711'])
    expect(cleanText(key, text)).toBe(text)
})

it('texts that follow one another are cleaned together, and their number stays', () => {
  expect(clean(key, ['a', 'hunter', '', '2', '-4711b', 'c'])).toEqual([
    'a',
    '[secret KEY]',
    '',
    '',
    'b',
    'c',
  ])
})

it('messages are cleaned one by one, each as far as it can be known', () => {
  const next = messageCleaner(key)
  expect(['x hunt', 'er2', '-47', '11 y', 'hunt', 'ing'].map((said) => next([said]))).toEqual([
    ['x hunt'],
    ['[secret KEY]'],
    ['[secret KEY]'],
    ['[secret KEY] y'],
    ['hunt'],
    ['ing'],
  ])
})

it.each([1, 2, 7, 100])('a stream is cleaned in chunks of %i', async (size) => {
  const needles = needlesFor([['KEY', 'Ωhunter2']], 'bytes')
  const value = 'Ω, h u\nn"t"e/r\r\n2'
  const bytes = Buffer.from(`a hunter, a Ωhunter2, ${value} and Ωhunt`).toString('latin1')
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size)
  }
  let cleaned = ''
  for await (const chunk of cleanStream(needles, chunks())) cleaned += chunk
  expect(Buffer.from(cleaned, 'latin1').toString('utf8')).toBe(
    'a hunter, a [secret KEY], [secret KEY] and Ωhunt',
  )
})

it('the beginning of a secret counts where a text was cut, also when it holds another', () => {
  const nested = texts(['OUTER', 'abcd-efgh-ijkl'], ['INNER', 'efgh'])
  expect(cleanText(nested, 'x abcd-efgh', 'cut')).toBe('x [secret OUTER]')
  expect(cleanText(nested, 'x abcd-efgh', 'whole')).toBe('x abcd-[secret INNER]')
  expect(cleanText(nested, 'x abc', 'cut')).toBe('x abc')
  expect(cleanText(nested, 'x abcd-ef', 'loose')).toBe('x abcd-ef')
  expect(cleanText(nested, 'x abcd-efg!', 'cut')).toBe('x [secret OUTER]!')
})
