import { describe, expect, it } from 'vitest'
import { normalSecretGrant, readSecretGrant, SecretGrant } from './secret-grant.ts'

describe('a grant has one way to be written', () => {
  it.each([
    ['API_KEY', 'API_KEY'],
    ['API_KEY@API.Example.com', 'API_KEY@api.example.com'],
    ['API_KEY@api.example.com.', 'API_KEY@api.example.com'],
    ['API_KEY@api.example.com:8443', 'API_KEY@api.example.com:8443'],
    ['API_KEY@api.example.com/X-API-Key', 'API_KEY@api.example.com/x-api-key'],
    ['API_KEY@*.example.com/authorization', 'API_KEY@*.example.com/authorization'],
    ['API_KEY@[FD00:0::1]:8080/x', 'API_KEY@[fd00::1]:8080/x'],
    ['API_KEY@nas:81', 'API_KEY@nas:81'],
  ])('%s is %s', (text, normal) => {
    expect(normalSecretGrant(text)).toBe(normal)
    expect(SecretGrant.parse(normal)).toBe(normal)
  })
})

it.each([
  [''],
  ['api_key'],
  ['API KEY'],
  ['API_KEY@'],
  ['@api.example.com'],
  ['API_KEY/authorization'],
  ['API_KEY@/authorization'],
  ['API_KEY@api.example.com/'],
  ['API_KEY@api.example.com/x y'],
  ['API_KEY@api.example.com/x:'],
  ['API_KEY@api.example.com/x\r\ny'],
  ['API_KEY@api.example.com/a/b'],
  ['API_KEY@https://api.example.com'],
  ['API_KEY@a.example@b.example'],
  ['API_KEY@*.com'],
  ['API_KEY@*'],
  ['API_KEY@api.example.com:0'],
  ['API_KEY@api.example.com\n'],
  [`API_KEY@api.example.com/${'x'.repeat(101)}`],
])('%j is no grant', (text) => {
  expect(normalSecretGrant(text)).toBeNull()
})

it('a grant that is not in its normal form is refused, so that equal manifests are equal texts', () => {
  expect(SecretGrant.safeParse('KEY@a.example/X-Key').success).toBe(false)
})

it.each([
  ['KEY', null],
  ['KEY@a.example', { host: 'a.example', header: null }],
  ['KEY@*.a.example:81/x-key', { host: '*.a.example:81', header: 'x-key' }],
  ['KEY@[fd00::1]/x-key', { host: '[fd00::1]', header: 'x-key' }],
])('%s is read as its name and its place', (text, place) => {
  expect(readSecretGrant(SecretGrant.parse(text))).toEqual({ name: 'KEY', place })
})
