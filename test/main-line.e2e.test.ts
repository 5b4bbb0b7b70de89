import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { z } from 'zod'
import { ExecutionList } from '#contract/admin-api.ts'
import { legacyClient, modernClient, type Progress, type TestClient } from './clients.ts'
import { startEdge, startStack, type Edge, type Stack } from './stack.ts'

/** One line, walked by each kind of client at each door: write, try, ask, approve, call. */

const CODE = `
async def main(a: int, b: int = 2, labels: list[str] | None = None) -> dict[str, int]:
    """Adds two numbers.

    Args:
        a: the first number
        b: the second number
    """
    print("adding", a, b)
    await ctx.progress(1, 2, "half way")
    await ctx.progress(2, 2)
    return {"sum": a + b}
`
const Found = z.object({ tools: z.array(z.object({ name: z.string(), call_with: z.string() })) })
const Published = z.object({ approval: z.string(), hash: z.string() })

/** What is undone in the end, however far the beginning came. */
const running = new AsyncDisposableStack()
let stack: Stack
let edge: Edge
let person: URL

beforeAll(async () => {
  const started = running.use(await startStack({ databaseServer: inject('postgresUrl') }))
  stack = started
  edge = running.use(await startEdge(started))
  person = edge.signedIn
})

afterAll(() => running.disposeAsync())

const doors = [
  { door: 'local', client: 'sdk 1.x', connect: () => legacyClient(stack.origins[0]!.mcp) },
  { door: 'local', client: 'client 2.x', connect: () => modernClient(stack.origins[0]!.mcp) },
  { door: 'worker', client: 'sdk 1.x', connect: () => legacyClient(person) },
  { door: 'worker', client: 'client 2.x', connect: () => modernClient(person) },
]

describe.each(doors)('$client at the $door door', ({ door, client: kind, connect }) => {
  const server = `${door}_${kind.replace(/\W/g, '')}`
  const tool = `${server}__add`
  let client: TestClient

  beforeAll(async () => {
    client = await connect()
  })
  afterAll(() => client[Symbol.asyncDispose]())

  test('speaks the revision of its era', () => {
    expect(client.protocol).toBe(kind === 'sdk 1.x' ? '2025-11-25' : '2026-07-28')
  })

  test('writes a tool, whose schema is read from its signature', async () => {
    expect(await client.call('mcpbox_create_server', { name: server })).toMatchObject({
      isError: false,
    })
    const written = await client.call('mcpbox_create_tool', { server, name: 'add', code: CODE })
    expect(written.structured).toMatchObject({
      tool,
      state: 'draft',
      description: 'Adds two numbers.',
      input_schema: {
        type: 'object',
        properties: {
          a: { type: 'integer', description: 'the first number' },
          b: { type: 'integer', default: 2 },
        },
        required: ['a'],
      },
    })
  })

  test('tries the draft, though nobody may call it yet', async () => {
    const tried = await client.call('mcpbox_test_code', {
      server,
      name: 'add',
      arguments: { a: 1 },
    })
    expect(tried.structured).toEqual({ sum: 3 })
    for (const refused of [
      await client.call('mcpbox_call_destructive_tool', { name: tool, arguments: { a: 1 } }),
      await client.call(tool, { a: 1 }),
    ]) {
      expect(refused.isError).toBe(true)
      expect(refused.text).toContain('a draft that nobody has approved')
    }
    expect(await client.tools()).not.toContain(tool)
  })

  test('an approval of a draft that changed meanwhile is refused', async () => {
    const asked = await client.call('mcpbox_request_publish', { server, name: 'add' })
    const { approval, hash } = Published.parse(asked.structured)
    expect(await stack.admin.approval(approval)).toMatchObject({
      requested_by: door === 'local' ? 'this machine' : 'ada@example.com',
      client: { name: 'test-client' },
    })
    await client.call('mcpbox_update_tool', { server, name: 'add', timeout_ms: 5_000 })
    const decision = { hash, decision: 'approve' as const, reason: null }
    await expect(stack.admin.decide(approval, decision)).rejects.toThrow('The draft was changed')
    expect((await client.call(tool, { a: 1 })).text).toContain('a draft that nobody has approved')
  })

  test('once approved it is found, and called by its name or through the tool that the search names, in the same conversation', async () => {
    const asked = await client.call('mcpbox_request_publish', { server, name: 'add' })
    expect((await client.call(tool, { a: 1 })).text).toContain("waits for a person's approval")
    await stack.approve(Published.parse(asked.structured).approval)

    const progress: Progress[] = []
    const direct = await client.call(tool, { a: 40 }, (said) => progress.push(said))
    expect(direct.structured).toEqual({ sum: 42 })
    expect(direct.text).toContain('adding 40 2')
    expect(progress).toMatchObject([
      { progress: 1, total: 2, message: 'half way' },
      { progress: 2 },
    ])

    const { structured } = await client.call('mcpbox_search_tools', { query: `${server} add` })
    const { tools } = Found.parse(structured)
    const found = tools.find(({ name }) => name === tool)
    expect(found?.call_with).toBe('mcpbox_call_destructive_tool')
    const through = await client.call(found?.call_with ?? '', {
      name: tool,
      arguments: { a: 1, b: 1 },
    })
    expect(through.structured).toEqual({ sum: 2 })
    await using later = await connect()
    expect(await later.tools()).toContain(tool)
  })

  test('wrong arguments name the argument, and an unknown tool is a protocol error', async () => {
    const wrong = await client.call(tool, { a: 'one' })
    expect(wrong).toMatchObject({ isError: true, text: expect.stringContaining('`a`') })
    await expect(client.call('nobody__wrote_this')).rejects.toMatchObject({ code: -32602 })
  })

  test('the log says who called what, how long it took and how it ended', async () => {
    const { items: executions } = ExecutionList.parse(
      await stack.read(`/api/executions?tool=${tool}`),
    )
    const outcomes = executions.map(({ kind, outcome }) => `${kind} ${outcome}`)
    expect(outcomes).toEqual(['call failed', 'call ok', 'call ok', 'trial ok'])
    expect(executions[1]).toMatchObject({
      principal_label: door === 'local' ? 'this machine' : 'ada@example.com',
      client: { name: 'test-client' },
      arguments: { a: 1, b: 1 },
      result: '{"sum":2}',
      duration_ms: expect.any(Number),
    })
  })
})

test('a request without an Access token is turned away with the place to get one', async () => {
  const response = await fetch(new URL('/mcp', edge.worker), { method: 'POST', body: '{}' })
  expect(response.status).toBe(401)
  expect(response.headers.get('www-authenticate')).toContain('Bearer')
})

test('one person’s session is unknown to another', async () => {
  await using ada = await legacyClient(person)
  const eve = await edge.signedInAs({ email: 'eve@example.com', sub: 'eve' })
  const response = await fetch(new URL('/mcp', eve), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-session-id': ada.sessionId,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
  })
  expect(response.status).toBe(404)
})
