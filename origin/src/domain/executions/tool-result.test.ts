import { expect, test } from 'vitest'
import type { Outcome } from '#contract/sandbox.ts'
import { measured, ok } from '../../testing/scripted-sandbox.ts'
import * as made from './tool-result.ts'

const execution = { id: 'e1', hash: 'h1', promisesStructure: false }
const toolResult = (outcome: Outcome) => made.toolResult(outcome, execution).result
const first = (outcome: Outcome) => toolResult(outcome).content[0]

test('an object is the structured content, and its JSON the text', () => {
  expect(toolResult(ok({ city: 'Bern', grades: [1, 2] }))).toEqual({
    content: [{ type: 'text', text: '{"city":"Bern","grades":[1,2]}' }],
    structuredContent: { city: 'Bern', grades: [1, 2] },
    _meta: {
      'mcpbox/execution': {
        id: 'e1',
        version: 'h1',
        outcome: 'ok',
        duration_ms: 7,
        isolation: 'S3',
      },
    },
  })
})

test.each([
  ['text', 'sunny', 'sunny'],
  ['a number', 21, '21'],
  ['a list', [1], '[1]'],
  ['nothing', null, 'null'],
  ['no', false, 'false'],
])('%s comes as text, and under "result" for clients that want an object', (_what, value, text) => {
  const { content, structuredContent } = toolResult(ok(value))
  expect(content).toEqual([{ type: 'text', text }])
  expect(structuredContent).toEqual({ result: value })
})

test('what was printed follows the value', () => {
  expect(toolResult(ok(1, 'looking\n')).content).toEqual([
    { type: 'text', text: '1' },
    { type: 'text', text: 'Printed:\nlooking\n' },
  ])
})

test('output that was cut says how much there was', () => {
  const stdout = { text: 'aaa', bytes: 50_000, truncated: true }
  expect(toolResult({ ...ok(1), stdout } as Outcome).content[1]).toEqual({
    type: 'text',
    text: 'Printed:\naaa\n… (50000 bytes in all, the first 10000 shown)',
  })
})

test('a failure is an error with the traceback of the tool', () => {
  const failure = { type: 'ValueError', message: 'no', traceback: 'Traceback …' }
  expect(toolResult({ kind: 'failed', failure, ...measured() })).toMatchObject({
    isError: true,
    content: [{ text: 'Traceback …' }],
    _meta: { 'mcpbox/execution': { outcome: 'failed' } },
  })
  const bare = { ...failure, traceback: '' }
  expect(first({ kind: 'failed', failure: bare, ...measured() })).toMatchObject({
    text: 'no',
  })
})

test.each<[Outcome, string]>([
  [{ kind: 'timed_out', ...measured() }, 'The tool ran out of time after 7 ms and was stopped.'],
  [
    { kind: 'killed', reason: 'cpu_limit', message: 'Too much CPU.', ...measured() },
    'Too much CPU.',
  ],
  [{ kind: 'refused', message: 'Not here.' }, 'Not here.'],
])('%j is an error without a structured content', (outcome, text) => {
  const told = toolResult(outcome)
  expect(told.isError).toBe(true)
  expect(told.content).toEqual([{ type: 'text', text }])
  expect(told).not.toHaveProperty('structuredContent')
})

const IMAGE = { type: 'image' as const, data: 'AAAA', mimeType: 'image/png' }
const TEXT = { type: 'text' as const, text: 'a cat' }

test('content goes out as it is, with what was printed after it', () => {
  const told = toolResult(ok(null, 'looking\n', [TEXT, IMAGE]))
  expect(told.content).toEqual([TEXT, IMAGE, { type: 'text', text: 'Printed:\nlooking\n' }])
  expect(told).not.toHaveProperty('structuredContent')
  expect(told).not.toHaveProperty('isError')
})

test('a value beside content is the structured content', () => {
  const told = toolResult(ok({ cats: 1 }, '', [IMAGE]))
  expect(told).toMatchObject({ content: [IMAGE], structuredContent: { cats: 1 } })
})

test('a failure that brings its own content shows that', () => {
  const failure = { type: 'ToolError', message: 'a cat', traceback: '' }
  const reply = { value: { code: 7 }, content: [TEXT, IMAGE] }
  expect(toolResult({ kind: 'failed', failure, reply, ...measured() })).toMatchObject({
    isError: true,
    content: [TEXT, IMAGE],
    structuredContent: { code: 7 },
    _meta: { 'mcpbox/execution': { outcome: 'failed' } },
  })
})
