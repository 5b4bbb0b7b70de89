import { expect, test } from 'vitest'
import { HARD_STOP_MS } from '#contract/limits.ts'
import { patienceOf } from './patience.ts'

const named = (name: string) => patienceOf({ name, version: '1' })

test.each(['Anthropic', 'Anthropic/ClaudeAI', 'Anthropic/Toolbox', 'claude-ai', 'claude-code'])(
  '%s waits for more than three minutes',
  (name) => {
    expect(named(name)).toBe(200_000)
    expect(named(name)).toBeLessThan(HARD_STOP_MS)
  },
)

test.each(['', 'cursor', 'openai-mcp', 'Anthropical', 'not claude-ai'])(
  '%j is answered before a minute is over',
  (name) => {
    expect(named(name)).toBe(45_000)
  },
)

test('so is a client that did not say its name', () => {
  expect(patienceOf(null)).toBe(45_000)
})
