import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { loaderOf } from './loader-of.ts'

const node = await readFile(process.execPath)

test('a program names its loader', () => {
  expect(loaderOf(node)).toMatch(/^\/lib.*\/ld-.*\.so/)
})

test('a script, a stump and a lie name none', () => {
  expect(loaderOf(Buffer.from('#!/bin/sh\n'.repeat(10)))).toBeNull()
  expect(loaderOf(node.subarray(0, 70))).toBeNull()
  const lie = Buffer.from(node.subarray(0, 4096))
  lie.writeBigUInt64LE(2n ** 40n, 32)
  expect(loaderOf(lie)).toBeNull()
})
