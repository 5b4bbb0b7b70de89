import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, expect, test, vi } from 'vitest'
import type { Catalog } from '#contract/catalog.ts'
import { OperationRequest, OpId } from '#contract/operation.ts'
import { answerOf } from '#gateway/testing/answers.ts'
import { modernPost } from '#gateway/testing/posts.ts'
import {
  operationsOf,
  originAwayOf,
  originBackOf,
  somebody,
  type Somebody,
} from '../../testing/outside.ts'
import type { CatalogCache } from '../origin/catalog-cache.ts'
import { durableQueue } from './durable-queue.ts'
import { MAX_WAITING_CALLS } from './waiting-line.ts'

afterEach(() => vi.restoreAllMocks())

const lineOf = ({ subject }: Somebody) => env.WAITING_CALLS.getByName(subject)

function arrival({ principal }: Somebody, args: object = {}, name = 'note') {
  const opId = OpId.parse(crypto.randomUUID())
  const params = { name, arguments: args }
  const about = { era: 'modern', client: null, deadline_ms: 60_000 } as const
  const request = JSON.stringify({ op_id: opId, method: 'tools/call', params, ...about })
  return { opId, principal, requestId: `request-of-${opId}`, request }
}

const ask = ({ send }: Somebody, name: string, args: object = {}) =>
  send(modernPost('tools/call', { name, arguments: args })).then(answerOf)

const codeOf = async (answer: ReturnType<typeof ask>) => {
  const { result, error } = await answer
  const meta = result?.['_meta'] as Record<string, unknown> | undefined
  return meta?.['mcpbox/code'] ?? error?.data?.['code']
}

test('a handle of somebody else is unknown, and moves nothing', async () => {
  const [alice, eve] = [await somebody(), await somebody()]
  const one = arrival(alice)
  await lineOf(alice).keep(one)
  expect(await codeOf(ask(eve, 'mcpbox_wait', { handle: one.opId }))).toBe('operation_unknown')
  await lineOf(eve).takeBack(one.opId)
  expect((await operationsOf(alice)).started).toEqual([])
  await runDurableObjectAlarm(lineOf(alice))
  expect((await operationsOf(alice)).started.map(({ op_id }) => op_id)).toEqual([one.opId])
})

test('nobody’s call gets into the line of somebody else', async () => {
  const [alice, eve] = [await somebody(), await somebody()]
  await runInDurableObject(lineOf(alice), async (line, { storage }) => {
    await expect(line.keep(arrival(eve))).rejects.toThrow('foreign line')
    expect([...storage.kv.list()]).toEqual([])
  })
})

test('who is nobody in particular never has a call waiting', async () => {
  const anonymous = { principal: { kind: 'anonymous' } as const, requestId: 'a-request' }
  const catalog = { tools: [{ name: 'note', queueWhenAway: true }] } as Catalog
  const catalogs = { lastKnown: async () => catalog } as unknown as CatalogCache
  const queue = durableQueue(env.WAITING_CALLS, catalogs)
  expect(await queue.lastKnown(anonymous, 'note')).toBeNull()
  const asked = OperationRequest.parse(JSON.parse(arrival(await somebody()).request))
  await expect(queue.keep(anonymous, asked)).rejects.toThrow(/kind/)
})

test('of a flood of calls a hundred wait, and the others hear that they do not', async () => {
  const alice = await somebody()
  await alice.send(modernPost('tools/list'))
  await originAwayOf(alice)
  const flood = Array.from({ length: MAX_WAITING_CALLS + 50 }, (_, n) => arrival(alice, { n }))
  const kept = await Promise.all(flood.map((one) => lineOf(alice).keep(one)))
  const refused = kept.filter((one) => 'problem' in one)
  expect(refused).toHaveLength(50)
  expect(await codeOf(ask(alice, 'note', { n: 'one more' }))).toBe('queue_full')
  await originBackOf(alice)
  await runDurableObjectAlarm(lineOf(alice))
  const { started } = await operationsOf(alice)
  const waiting = flood.filter((_, at) => !('problem' in (kept[at] ?? {})))
  expect(started.map(({ op_id }) => op_id)).toEqual(waiting.map(({ opId }) => opId))
})

test('arguments that the origin would not take are not kept for it', async () => {
  const alice = await somebody()
  await alice.send(modernPost('tools/list'))
  await originAwayOf(alice)
  expect(await codeOf(ask(alice, 'note', { text: 'é'.repeat(500_000) }))).toBe('body_too_large')
  const stored = await runInDurableObject(lineOf(alice), (_line, { storage }) => [
    ...storage.kv.list(),
  ])
  expect(stored).toEqual([])
})

test('odd arguments arrive as they came', async () => {
  const alice = await somebody()
  const odd = JSON.parse('{"\\u0000":"\\ud800","constructor":{"a":1},"deep":[[[[-0,1e308]]]]}')
  await lineOf(alice).keep(arrival(alice, odd))
  await runDurableObjectAlarm(lineOf(alice))
  const { started } = await operationsOf(alice)
  expect(JSON.stringify(started[0]?.params)).toBe(JSON.stringify({ name: 'note', arguments: odd }))
})

test('a tool that is gone when its call is delivered is told by the origin, and holds nobody up', async () => {
  const alice = await somebody()
  const [gone, next] = [arrival(alice, {}, 'gone'), arrival(alice, { n: 1 })]
  await lineOf(alice).keep(gone)
  await lineOf(alice).keep(next)
  await runDurableObjectAlarm(lineOf(alice))
  expect(await codeOf(ask(alice, 'mcpbox_wait', { handle: gone.opId }))).toBe('unknown_tool')
  expect((await ask(alice, 'mcpbox_wait', { handle: next.opId })).result).toMatchObject({
    structuredContent: { n: 1 },
  })
})

test('a stored call that cannot be read holds up nobody for ever, and is never sent', async () => {
  const alice = await somebody()
  const broken = { ...arrival(alice), request: '{"op_id":' }
  const next = arrival(alice, { n: 1 })
  await lineOf(alice).keep(broken)
  await lineOf(alice).keep(next)
  vi.spyOn(console, 'error').mockImplementation(() => {})
  await runDurableObjectAlarm(lineOf(alice))
  expect((await operationsOf(alice)).started).toEqual([])
  await runInDurableObject(lineOf(alice), (_line, { storage: { kv } }) => {
    const line = kv.get<{ calls: { failingSince: number | null }[] }>('line')
    const calls = line?.calls.map((one) => ({ ...one, failingSince: 0 }))
    kv.put('line', { ...line, calls })
  })
  await runDurableObjectAlarm(lineOf(alice))
  expect((await operationsOf(alice)).started.map(({ op_id }) => op_id)).toEqual([next.opId])
  expect(await codeOf(ask(alice, 'mcpbox_wait', { handle: broken.opId }))).toBe('internal')
})

test('the log names calls by their ids, and tells nothing of what is in them', async () => {
  const lines: string[] = []
  vi.spyOn(console, 'log').mockImplementation((line: unknown) => void lines.push(String(line)))
  const alice = await somebody()
  const one = arrival(alice, { password: 'correct horse' })
  await lineOf(alice).keep(one)
  await runDurableObjectAlarm(lineOf(alice))
  const about = lines.filter((line) => line.includes(one.opId)).map((line) => JSON.parse(line))
  expect(about).toMatchObject([
    { event: 'call_queued', request_id: one.requestId, op_id: one.opId },
    { event: 'call_delivered', request_id: one.requestId, op_id: one.opId },
  ])
  expect(lines.join('\n')).not.toContain('correct horse')
})
