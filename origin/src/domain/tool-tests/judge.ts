import { canonicalJson, type Json } from '#contract/json.ts'
import type { Outcome } from '#contract/sandbox.ts'
import type { ToolTest } from '#contract/tool-tests.ts'
import { inWords } from '../executions/in-words.ts'
import { misfit } from './fits-schema.ts'

/** Characters of what a tool gave that stand in a sentence about it. */
const SHOWN = 300

/** Why a test failed, in a sentence for its author; null when it passed. */
export function judge(test: ToolTest, outcome: Outcome): string | null {
  const asked = outcome.kind === 'refused' ? [] : (outcome.egress ?? [])
  const unrecorded = asked.find(({ refused }) => refused === 'not_recorded')
  if (unrecorded !== undefined) {
    const { method, host, port, path } = unrecorded
    return `It asked for ${shortened(`${method} ${host ?? ''}:${port ?? ''}${path}`)}, and \`http\` has no answer recorded for that.`
  }
  if (test.error !== undefined) return misses(outcome, test.error)
  if (outcome.kind !== 'ok') return `It did not give a result: ${shortened(inWords(outcome))}`
  const { value } = outcome
  if (test.schema !== undefined) {
    const why = misfit(value, test.schema)
    return why === null ? null : `It gave ${told(value)}, but ${why}.`
  }
  const expected = test.result ?? null
  if (canonicalJson(value) === canonicalJson(expected)) return null
  return `It gave ${told(value)} instead of ${told(expected)}.`
}

function misses(outcome: Outcome, expected: string): string | null {
  const wanted = `It was to fail with ${JSON.stringify(shortened(expected))}`
  if (outcome.kind === 'ok') return `${wanted}, and gave ${told(outcome.value)}.`
  const said = outcome.kind === 'failed' ? outcome.failure.message : inWords(outcome)
  if (outcome.kind === 'failed' && (said.includes(expected) || inWords(outcome).includes(expected)))
    return null
  return `${wanted}, and ended with ${JSON.stringify(shortened(said))}.`
}

function told(value: Json): string {
  return shortened(JSON.stringify(value))
}

function shortened(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
}
