import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { z } from 'zod'
import { legacyClient, modernClient, type TestClient } from './clients.ts'
import { startEdge, startStack, type Edge, type Stack } from './stack.ts'

/** Two origins on one database behind one Worker. All decisions are made at the first origin. */

/** What is waited for comes at once; this only ends a wait for what never comes. */
const SOON = { timeout: 30_000 }
const NOTE = 'notes://today'

/** What is undone in the end, however far the beginning came. */
const running = new AsyncDisposableStack()
let stack: Stack
let edge: Edge
let author: TestClient

beforeAll(async () => {
  const started = running.use(
    await startStack({ databaseServer: inject('postgresUrl'), origins: 2 }),
  )
  stack = started
  edge = running.use(await startEdge(started))
  author = running.use(await legacyClient(stack.origins[0]!.mcp))
  await author.call('mcpbox_create_server', { name: 'news' })
  await author.call('mcpbox_create_tool', {
    server: 'news',
    name: 'note',
    kind: 'resource',
    published_as: NOTE,
    code: 'def main() -> str:\n    """What is on."""\n    return "nothing"\n',
  })
  await approve('note')
})
afterAll(() => running.disposeAsync())

async function approve(name: string): Promise<void> {
  const asked = await author.call('mcpbox_request_publish', { server: 'news', name })
  await stack.approve(z.object({ approval: z.string() }).parse(asked.structured).approval)
}

const listeners = Object.entries({
  'the Worker': () => edge.signedIn,
  'the local door of the origin that decides': () => stack.origins[0]!.mcp,
  'the local door of the other origin': () => stack.origins[1]!.mcp,
}).flatMap(([door, url]) => [
  { door, url, library: 'sdk 1.x', connect: legacyClient },
  { door, url, library: 'client 2.x', connect: modernClient },
])

describe.each(listeners)('$library at $door hears at once', ({ door, library, url, connect }) => {
  const n = listeners.findIndex((one) => one.door === door && one.library === library)
  const heard: string[] = []
  let client: TestClient

  beforeAll(async () => {
    client = await connect(url(), { onChanged: (what) => heard.push(what) })
    await client.follow(NOTE)
  })
  afterAll(() => client[Symbol.asyncDispose]())

  test.each([
    ['tools', { code: 'def main():\n    """Is new."""\n' }],
    ['prompts', { kind: 'prompt', code: 'def main():\n    """Asks."""\n    return "Why?"\n' }],
    [
      'resources',
      {
        kind: 'resource',
        published_as: `notes://${n}`,
        code: 'def main():\n    """Is new."""\n    return "new"\n',
      },
    ],
  ])('that there is another list of %s', async (list, written) => {
    const name = `${list}_${n}`
    await author.call('mcpbox_create_tool', { server: 'news', name, ...written })
    heard.length = 0
    await approve(name)
    await expect.poll(() => heard, SOON).toEqual([list])
  })

  test('that a resource it follows holds something else', async () => {
    const code = `def main() -> str:\n    """What is on."""\n    return "number ${n}"\n`
    await author.call('mcpbox_update_tool', { server: 'news', name: 'note', code })
    heard.length = 0
    await approve('note')
    await expect.poll(() => heard, SOON).toEqual([`updated ${NOTE}`])
  })
})
