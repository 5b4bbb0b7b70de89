import { expect, it } from 'vitest'
import { boundedOutput } from './output.ts'

it('is returned whole when it is short', () => {
  const output = boundedOutput()
  output.push(Buffer.from('one\n'))
  output.push(Buffer.from('two\n'))
  expect(output.read()).toEqual({ text: 'one\ntwo\n', bytes: 8, truncated: false })
})

it('is cut to 10 kB, and the rest is counted', () => {
  const output = boundedOutput()
  for (let round = 0; round < 30; round++) output.push(Buffer.alloc(100_000, 'x'))
  expect(output.read()).toEqual({ text: 'x'.repeat(10_000), bytes: 3_000_000, truncated: true })
})

it('is not cut in the middle of a character', () => {
  const output = boundedOutput()
  output.push(Buffer.from('x' + 'ü'.repeat(6_000)))
  expect(output.read().text).toBe('x' + 'ü'.repeat(4_999))
})

it('may be bytes that are no text', () => {
  const output = boundedOutput()
  output.push(Buffer.from([0xff, 0xfe, 0x41]))
  expect(output.read()).toEqual({ text: '\ufffd\ufffdA', bytes: 3, truncated: false })
})
