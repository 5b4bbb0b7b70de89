import { expect, test } from 'vitest'
import { matchUri, PublishedName, ResourceUri, shapeOf, variablesOf } from './publication.ts'

test.each(['a', 'test_simple_text', 'Weather.now', 'x-1', 'weather__now', 'a'.repeat(64)])(
  '%s is a name on the wire',
  (name) => {
    expect(PublishedName.safeParse(name).success).toBe(true)
  },
)

test.each(['', '1a', '_a', 'a b', 'а', 'a/b', 'a'.repeat(65), 'mcpbox_anything', 'a\n'])(
  '%j is no name on the wire',
  (name) => {
    expect(PublishedName.safeParse(name).success).toBe(false)
  },
)

test.each(['notes://today', 'test://template/{id}/data', 'urn:a:{b}', 'https://a.example/?q={q}'])(
  '%s is an address',
  (uri) => {
    expect(ResourceUri.safeParse(uri).success).toBe(true)
  },
)

test.each([
  '',
  'today',
  'notes:',
  'notes://a b',
  'notes://{a}{b}',
  'notes://{a}/{a}',
  'notes://{+path}',
  'notes://{a',
  'notes://a}',
  '{scheme}://a',
  'notes://\u202e',
  `notes://${'a'.repeat(500)}`,
])('%j is no address', (uri) => {
  expect(ResourceUri.safeParse(uri).success).toBe(false)
})

test('the variables of an address are named in their order', () => {
  expect(variablesOf('a://{year}/{month}')).toEqual(['year', 'month'])
  expect(variablesOf('a://b')).toEqual([])
})

test.each([
  ['a://{id}/data', 'a://7/data', { id: '7' }],
  ['a://{year}-{month}', 'a://2026-11', { year: '2026', month: '11' }],
  ['a://{id}', 'a://b%20c%2Fd', { id: 'b c/d' }],
  ['a://{id}', 'a://__proto__', { id: '__proto__' }],
  ['a://x.y/{id}', 'a://x.y/1', { id: '1' }],
])('%s takes %s apart', (template, uri, values) => {
  expect(matchUri(template, uri)).toEqual(values)
})

test.each([
  ['a://{id}/data', 'a://7'],
  ['a://{id}', 'a://'],
  ['a://{id}', 'a://b/c'],
  ['a://{id}', 'a://%ff'],
  ['a://x.y/{id}', 'a://xzy/1'],
  ['a://{id}/data', 'a://7/data/more'],
  ['a://{id}.json', 'a://a.json.json'],
])('%s does not mean %s', (template, uri) => {
  expect(matchUri(template, uri)).toBeNull()
})

test('a long address of nothing but separators is looked at once', () => {
  const template = 'a://{a}-{b}-{c}-{d}'
  expect(matchUri(template, `a://${'-'.repeat(500_000)}/`)).toBeNull()
})

test('addresses that differ in the names of their variables have one shape', () => {
  expect(shapeOf('notes://{a}/{b}')).toBe(shapeOf('notes://{day}/{hour}'))
  expect(shapeOf('notes://{a}')).not.toBe(shapeOf('notes://{a}/{b}'))
})
