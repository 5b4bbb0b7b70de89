import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import type { OperationResult } from '#contract/operation.ts'
import { openMemory } from '../../testing/databases.ts'
import type { Call } from '../operations/call.ts'
import { managementTool, READS, told } from './management-tool.ts'

const opened = await openMemory()
afterAll(() => opened[Symbol.asyncDispose]())

const tool = (facts: object) =>
  managementTool({
    name: 'mcpbox_weigh_thing',
    title: 'Weigh',
    description: 'Weighs.',
    input: z.strictObject({ thing: z.string().min(1).max(9).describe('what to weigh') }),
    output: z.object({ kg: z.int() }),
    annotations: READS,
    answer: (call) => call.finish(async () => told({ ...facts })),
  })

async function answerOf(facts: object, args = { thing: 'a' }): Promise<OperationResult | null> {
  let answer: OperationResult | null = null
  const call = {
    finish: async (work: Parameters<Call['finish']>[0]) => {
      answer = await work(opened.stores)
    },
  } as Call
  await tool(facts).answer(call, args)
  return answer
}

test('clients are told of the arguments and the answer, shortly', () => {
  expect(tool({}).catalog).toEqual({
    name: 'mcpbox_weigh_thing',
    title: 'Weigh',
    description: 'Weighs.',
    inputSchema: {
      type: 'object',
      properties: { thing: { type: 'string', description: 'what to weigh' } },
      required: ['thing'],
      additionalProperties: false,
    },
    outputSchema: {
      type: 'object',
      properties: { kg: { type: 'integer' } },
      required: ['kg'],
      additionalProperties: false,
    },
    annotations: { title: 'Weigh', ...READS },
  })
})

test('what is told is what was promised', async () => {
  expect(await answerOf({ kg: 3 })).toMatchObject({ structuredContent: { kg: 3 } })
})

test.each([{}, { kg: 0.5 }, { kg: '3' }, { kg: 3, lb: 7 }])(
  'an answer that was not promised is a fault and no answer: %j',
  async (facts) => {
    await expect(answerOf(facts)).rejects.toThrow(
      'mcpbox_weigh_thing told what it does not promise',
    )
  },
)

test.each([[{ thing: '' }], [{ thing: 'a', more: 1 }], [{ thing: 'x'.repeat(10) }]])(
  'bounds that no client was told of hold all the same: %j',
  async (args) => {
    await expect(answerOf({ kg: 3 }, args)).rejects.toMatchObject({
      problem: {
        code: 'invalid_arguments',
        message: expect.stringContaining('mcpbox_weigh_thing'),
      },
    })
  },
)
