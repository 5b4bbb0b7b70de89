import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ExecutionList } from '#contract/admin-api.ts'
import { legacyClient, modernClient } from './clients.ts'
import { startEdge, startStack, type Edge, type Stack } from './stack.ts'

/** What a tool returns beside plain values, as the clients of both eras get it. */

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII='
const CODE = `
import base64
from mcpbox import File, Image, Link, Result, ToolError

PNG = base64.b64decode('${PNG}')

def main(what: str):
    """Shows what a tool may return."""
    if what == 'image':
        return Image(PNG)
    if what == 'all':
        files = [File('a,b', 'a.csv'), Link('https://example.com/a', 'a page')]
        return Result(['a pixel', Image(PNG), *files], structured={'width': 1, 'height': 1})
    if what == 'large':
        return File(bytes(2_900_000), 'large.bin')
    raise ToolError(f'there is no {what} to show')
`
/** What is undone in the end, however far the beginning came. */
const running = new AsyncDisposableStack()
let stack: Stack
let edge: Edge

beforeAll(async () => {
  const started = running.use(await startStack())
  stack = started
  edge = running.use(await startEdge(started))
  await using author = await legacyClient(stack.origins[0]!.mcp)
  await author.call('mcpbox_create_server', { name: 'show' })
  await author.call('mcpbox_create_tool', { server: 'show', name: 'show', code: CODE })
  const asked = await author.call('mcpbox_request_publish', { server: 'show', name: 'show' })
  await stack.approve(z.object({ approval: z.string() }).parse(asked.structured).approval)
})
afterAll(() => running.disposeAsync())

const IMAGE = { type: 'image', data: PNG, mimeType: 'image/png' }

describe.each([
  { kind: 'sdk 1.x', door: 'local', connect: () => legacyClient(stack.origins[0]!.mcp) },
  { kind: 'client 2.x', door: 'local', connect: () => modernClient(stack.origins[0]!.mcp) },
  { kind: 'sdk 1.x', door: 'worker', connect: () => legacyClient(edge.signedIn) },
  { kind: 'client 2.x', door: 'worker', connect: () => modernClient(edge.signedIn) },
])('$kind at the $door door gets', ({ connect }) => {
  async function call(what: string) {
    await using client = await connect()
    return await client.call('show__show', { what })
  }

  test('an image', async () => {
    const { content, structured, isError } = await call('image')
    expect({ content, structured, isError }).toEqual({
      content: [IMAGE],
      structured: {},
      isError: false,
    })
  })

  test('text, image, file and link beside a structured value', async () => {
    expect(await call('all')).toMatchObject({
      content: [
        { type: 'text', text: 'a pixel' },
        IMAGE,
        {
          type: 'resource',
          resource: { uri: 'file:///a.csv', mimeType: 'text/csv', text: 'a,b' },
        },
        { type: 'resource_link', uri: 'https://example.com/a', name: 'a page' },
      ],
      structured: { width: 1, height: 1 },
    })
  })

  test('the largest file there may be', async () => {
    const { content } = await call('large')
    const [block] = z.array(z.object({ resource: z.object({ blob: z.string() }) })).parse(content)
    expect(Buffer.from(block!.resource.blob, 'base64')).toHaveLength(2_900_000)
  })

  test('an expected failure as its sentence', async () => {
    expect(await call('nothing')).toMatchObject({
      isError: true,
      content: [{ type: 'text', text: 'there is no nothing to show' }],
    })
  })
})

test('the log keeps words, and no megabytes', async () => {
  const log = ExecutionList.parse(await stack.read('/api/executions?tool=show__show&limit=4'))
  expect(log.items.map(({ outcome, result, detail }) => [outcome, result ?? detail])).toEqual([
    ['failed', 'there is no nothing to show'],
    ['ok', '[file:///large.bin, application/octet-stream, 2900000 bytes]'],
    [
      'ok',
      'a pixel\n[image/png, 68 bytes]\n[file:///a.csv, text/csv]\na,b\n[a page: https://example.com/a]\n{"width":1,"height":1}',
    ],
    ['ok', '[image/png, 68 bytes]'],
  ])
})
