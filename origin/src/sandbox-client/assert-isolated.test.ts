import { expect, test } from 'vitest'
import { assertIsolated } from './assert-isolated.ts'

test.each([
  ['S3', 'S2'],
  ['S2', 'S2'],
  ['S4', 'S1'],
] as const)('%s is enough where %s is demanded', (level, minimum) => {
  expect(() => assertIsolated({ level, layers: [] }, minimum)).not.toThrow()
})

test.each([
  ['S1', 'S2'],
  ['M1', 'S1'],
  ['S0', 'S1'],
] as const)('%s is refused where %s is demanded', (level, minimum) => {
  expect(() => assertIsolated({ level, layers: [] }, minimum)).toThrow(
    `reaches isolation ${level}; MCPBOX_SANDBOX_MIN demands ${minimum}`,
  )
})
