import { expect, test } from 'vitest'
import { PendingRequests } from './pending-requests.ts'

const elicit = { jsonrpc: '2.0', id: 0, method: 'elicitation/create' } as const

test('two exchanges that both ask under id 0 each get their own answer', () => {
  const pending = new PendingRequests()
  const heard: [string, unknown][] = []
  const one = pending.rename(elicit, {}, (answer) => heard.push(['one', answer]))
  const other = pending.rename(elicit, {}, (answer) => heard.push(['other', answer]))
  expect(one.id).not.toBe(other.id)
  pending.answer({ jsonrpc: '2.0', id: other.id, result: { action: 'accept' } })
  pending.answer({ jsonrpc: '2.0', id: one.id, error: { code: 1, message: 'no' } })
  expect(heard).toEqual([
    ['other', { jsonrpc: '2.0', id: 0, result: { action: 'accept' } }],
    ['one', { jsonrpc: '2.0', id: 0, error: { code: 1, message: 'no' } }],
  ])
})

test('an answer counts once, and not after its exchange is over', () => {
  const pending = new PendingRequests()
  const heard: unknown[] = []
  const asker = {}
  const answered = pending.rename(elicit, asker, (answer) => heard.push(answer))
  const abandoned = pending.rename(elicit, asker, (answer) => heard.push(answer))
  pending.answer({ jsonrpc: '2.0', id: answered.id, result: {} })
  pending.answer({ jsonrpc: '2.0', id: answered.id, result: {} })
  pending.abandon(asker)
  pending.answer({ jsonrpc: '2.0', id: abandoned.id, result: {} })
  expect(heard).toHaveLength(1)
})
