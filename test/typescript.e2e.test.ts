import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { legacyClient, modernClient } from './clients.ts'
import { startStack, type Stack } from './stack.ts'

/** A tool in TypeScript, from its author to its callers. */

const CODE = `
/** Adds numbers. */
export default async function main({ numbers, by = 1 }: { numbers: number[]; by?: number }): Promise<{ sum: number }> {
  console.log('adding')
  return { sum: numbers.reduce((sum, number) => sum + number, 0) * by }
}
`
const SERVER = 'maths'
const NAME = 'add'
/** What is undone in the end, however far the beginning came. */
const running = new AsyncDisposableStack()
let stack: Stack

beforeAll(async () => {
  stack = running.use(await startStack())
  await using author = await legacyClient(stack.origins[0]!.mcp)
  await author.call('mcpbox_create_server', { name: SERVER })
})
afterAll(() => running.disposeAsync())

test('is written, tried, approved and called', async () => {
  await using author = await legacyClient(stack.origins[0]!.mcp)
  const tool = { server: SERVER, name: NAME }
  const created = await author.call('mcpbox_create_tool', {
    ...tool,
    language: 'typescript',
    code: CODE,
  })
  expect(created.structured).toMatchObject({
    language: 'typescript',
    description: 'Adds numbers.',
    input_schema: { properties: { by: { type: 'number', default: 1 } }, required: ['numbers'] },
    output_schema: { properties: { sum: { type: 'number' } } },
  })
  const tried = await author.call('mcpbox_test_code', { ...tool, arguments: { numbers: [1, 2] } })
  expect(tried.structured).toEqual({ sum: 3 })
  const asked = await author.call('mcpbox_request_publish', tool)
  await stack.approve(z.object({ approval: z.string() }).parse(asked.structured).approval)
  await using caller = await modernClient(stack.origins[0]!.mcp)
  const called = await caller.call(`${SERVER}__${NAME}`, { numbers: [1, 2, 3], by: 2 })
  expect(called).toMatchObject({ structured: { sum: 12 }, isError: false })
  const wrong = await caller.call(`${SERVER}__${NAME}`, { numbers: [1, 'two'] })
  expect(wrong.isError).toBe(true)
  expect(wrong.text).toContain('numbers[1]')
})

test('an update may change the language, and must then change the code', async () => {
  await using author = await legacyClient(stack.origins[0]!.mcp)
  const tool = { server: SERVER, name: NAME }
  const refused = await author.call('mcpbox_update_tool', { ...tool, language: 'python' })
  expect(refused.isError).toBe(true)
  const code = 'def main(numbers: list[float]):\n    """Adds."""\n    return {"sum": sum(numbers)}'
  const changed = await author.call('mcpbox_update_tool', { ...tool, language: 'python', code })
  expect(changed.structured).toMatchObject({ language: 'python', version: 2 })
})
