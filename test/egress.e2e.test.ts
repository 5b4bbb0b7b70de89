import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { ExecutionList } from '#contract/admin-api.ts'
import { legacyClient } from './clients.ts'
import { startStack, type Stack } from './stack.ts'

/** What a tool may reach, from the author's wish to the broker's answer. */

const FETCH = `
async def main(url: str):
    """Fetches a page."""
    return (await http.get(url)).status_code
`
/** What is undone in the end, however far the beginning came. */
const running = new AsyncDisposableStack()
let stack: Stack

beforeAll(async () => {
  stack = running.use(await startStack())
})
afterAll(() => running.disposeAsync())

async function published(tool: string, hosts: string[]): Promise<void> {
  await using author = await legacyClient(stack.origins[0]!.mcp)
  await author.call('mcpbox_create_server', { name: 'web' })
  await author.call('mcpbox_create_tool', { server: 'web', name: tool, code: FETCH, hosts })
  const asked = await author.call('mcpbox_request_publish', { server: 'web', name: tool })
  await stack.approve(z.object({ approval: z.string() }).parse(asked.structured).approval)
}

async function fetched(tool: string, url: string) {
  await using client = await legacyClient(stack.origins[0]!.mcp)
  const { text, isError } = await client.call(`web__${tool}`, { url })
  const log = ExecutionList.parse(await stack.read(`/api/executions?tool=web__${tool}&limit=1`))
  return { text, isError, egress: log.items[0]?.egress }
}

test('a tool without an approved host reaches none, and its log says what it tried', async () => {
  await published('nowhere', [])
  const { text, isError, egress } = await fetched('nowhere', 'https://example.com/a?q=1')
  expect(isError).toBe(true)
  expect(text).toContain('approved')
  expect(egress).toMatchObject([
    { host: 'example.com', port: 443, path: '/a', status: null, refused: 'no_host_approved' },
  ])
})

test('a tool reaches no other host than the approved one', async () => {
  await published('one', ['api.example.com'])
  const { isError, egress } = await fetched('one', 'https://evil.example.com/')
  expect(isError).toBe(true)
  expect(egress).toMatchObject([{ host: 'evil.example.com', refused: 'host_not_approved' }])
})

test('this machine is out of reach even when it was approved by name', async () => {
  const admin = stack.origins[0]!.admin
  await published('home', [`127.0.0.1:${admin.port}`])
  const { isError, egress } = await fetched('home', `http://127.0.0.1:${admin.port}/health`)
  expect(isError).toBe(true)
  expect(egress).toMatchObject([{ host: '127.0.0.1', refused: 'address_forbidden' }])
})
