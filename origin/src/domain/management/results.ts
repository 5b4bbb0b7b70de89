import { z } from 'zod'
import { MAX_RESULT_CHARS } from '#contract/limits.ts'
import { readHandle } from '#contract/waiting.ts'
import { refuse } from '../refusal.ts'
import { managementTool, READS } from './management-tool.ts'

const PAGE_CHARS = 50_000
/** Some room below what a client takes, for what is said beside the page. */
const MOST_CHARS = MAX_RESULT_CHARS - 10_000

export const readResult = managementTool({
  name: 'mcpbox_read_result',
  title: 'Read a long result',
  description: 'Reads on in a result that was too long, by the handle it came with.',
  input: z.strictObject({
    handle: z.string().max(100),
    offset: z
      .int()
      .min(0)
      .max(2 ** 30)
      .default(0)
      .describe('in characters'),
    limit: z.int().min(1).max(MOST_CHARS).default(PAGE_CHARS),
  }),
  output: null,
  annotations: READS,
  answer: (call, { handle, offset, limit }) =>
    call.finish(async ({ operations }) => {
      const opId = readHandle(handle)?.opId
      const part = { offset, limit }
      const page = opId === undefined ? null : await operations.readWhole(opId, call.by, part)
      if (page === null)
        refuse(
          'operation_unknown',
          'No result is kept under this handle, or not any more: call the tool again.',
        )
      const { text, total } = page
      const end = Math.min(offset + limit, total)
      const where = `Characters ${Math.min(offset, total)} to ${end} of ${total}; `
      const next = end < total ? `next offset ${end}.` : 'this is the end.'
      return {
        content: [text, where + next].map((said) => ({ type: 'text', text: said })),
        _meta: { 'mcpbox/page': { total, next_offset: end < total ? end : null } },
      }
    }),
})
