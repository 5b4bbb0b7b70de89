import { encode } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, test } from 'vitest'
import { managementTools } from '../catalog.ts'
import { estimatedTokens } from '../estimated-tokens.ts'

const MOST_TOKENS = 4_000
const tokens = (value: unknown) => encode(JSON.stringify(value)).length

test('what every conversation pays for the tools of MCPbox itself stays in its budget', () => {
  const all = managementTools('core').map(tokens)
  expect(all.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(MOST_TOKENS)
})

test('the full profile lists what the core one does, and more', () => {
  const names = (profile: 'core' | 'full') => managementTools(profile).map(({ name }) => name)
  expect(names('full')).toEqual(expect.arrayContaining(names('core')))
  expect(names('full').length).toBeGreaterThan(names('core').length)
})

describe.each(managementTools('full').map((tool) => [tool.name, tool] as const))(
  '%s',
  (_, tool) => {
    test('is estimated at no fewer tokens than it has, and at hardly more', () => {
      const estimate = estimatedTokens(JSON.stringify(tool))
      expect(estimate).toBeGreaterThanOrEqual(tokens(tool))
      expect(estimate).toBeLessThanOrEqual(tokens(tool) * 1.2)
    })

    test('says what comes of it, unless that is the result of another', () => {
      const passesOn = /call_|_wait$|_test_code$|_read_result$/.test(tool.name)
      expect(tool.outputSchema === undefined).toBe(passesOn)
    })

    test('says what it does of its own accord and consistently', () => {
      const { readOnlyHint, destructiveHint, idempotentHint } = tool.annotations
      expect(readOnlyHint && (destructiveHint || !idempotentHint)).toBe(false)
      expect(JSON.stringify([tool.inputSchema, tool.outputSchema])).not.toContain('$')
    })
  },
)
