import { expect, test } from 'vitest'
import { aesCipher } from './cipher.ts'

const cipher = aesCipher('0a'.repeat(32))
const sealed = cipher.seal('secrets/1/API_KEY', 'top-secret')

test.each(['top-secret', '', 'a\0b', 'é🌦', 'x'.repeat(10_000)])('%j opens as it was', (value) => {
  expect(cipher.open('place', cipher.seal('place', value))).toBe(value)
})

test('the same value is sealed differently each time, and never in clear', () => {
  const again = cipher.seal('secrets/1/API_KEY', 'top-secret')
  expect(Buffer.compare(sealed, again)).not.toBe(0)
  expect(Buffer.from(sealed).includes('top-secret')).toBe(false)
})

test('another key is named as the reason', () => {
  expect(() => aesCipher('0b'.repeat(32)).open('secrets/1/API_KEY', sealed)).toThrow(
    'the value at secrets/1/API_KEY was sealed with another MCPBOX_ENCRYPTION_KEY',
  )
})

test('a value opens only in the place it was sealed for', () => {
  expect(() => cipher.open('secrets/2/API_KEY', sealed)).toThrow(/authenticate/)
})

test('a value does not open with any one bit flipped', () => {
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const flipped = Uint8Array.from(sealed)
    flipped[bit >> 3]! ^= 1 << (bit & 7)
    expect(() => cipher.open('secrets/1/API_KEY', flipped)).toThrow(/authenticate|another/)
  }
})

test('a value does not open when it was cut at any place', () => {
  for (let length = 0; length < sealed.length; length++)
    expect(() => cipher.open('secrets/1/API_KEY', sealed.slice(0, length))).toThrow(
      /authenticate|cut short/,
    )
})

const rotated = aesCipher('0c'.repeat(32), ['0a'.repeat(32), '0b'.repeat(32)])

test('what an earlier key sealed opens while that key is in the ring, and is known as old', () => {
  expect(rotated.open('secrets/1/API_KEY', sealed)).toBe('top-secret')
  expect(rotated.isCurrent(sealed)).toBe(false)
})

test('all is sealed with the current key', () => {
  const anew = rotated.seal('secrets/1/API_KEY', 'top-secret')
  expect(rotated.isCurrent(anew)).toBe(true)
  expect(aesCipher('0c'.repeat(32)).open('secrets/1/API_KEY', anew)).toBe('top-secret')
  expect(() => cipher.open('secrets/1/API_KEY', anew)).toThrow('another MCPBOX_ENCRYPTION_KEY')
})

test('a key of the ring opens nothing in another place either', () => {
  expect(() => rotated.open('secrets/2/API_KEY', sealed)).toThrow(/authenticate/)
})

test('one key twice in the ring is a mistake', () => {
  expect(() => aesCipher('0c'.repeat(32), ['0c'.repeat(32)])).toThrow('one id')
})
