import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { z } from 'zod'
import { ExecutionList } from '#contract/admin-api.ts'
import { legacyClient, modernClient, type TestClient } from './clients.ts'
import { startEdge, startStack, type Edge, type Stack } from './stack.ts'

/** Calls that are made while the origin is away, of tools that a person let wait. */

const NOTE = `
def main(text: str):
    """Keeps a note."""
    return {"kept": text}
`

/** A line to an address that can be cut, with all that runs over it, and mended. */
interface Cuttable extends AsyncDisposable {
  url: URL
  cut(): void
  mend(): void
}

async function cuttable(to: URL): Promise<Cuttable> {
  const open = new Set<Socket>()
  let isCut = false
  const server = createServer((near) => {
    if (isCut) return near.destroy()
    const far = connect(Number(to.port), to.hostname)
    join(near, far)
    join(far, near)
  })
  function join(from: Socket, into: Socket): void {
    open.add(from)
    from.on('error', () => into.destroy())
    from.on('close', () => open.delete(from) && into.destroy())
    from.pipe(into)
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const cut = () => {
    isCut = true
    for (const socket of open) socket.destroy()
  }
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    cut,
    mend() {
      isCut = false
    },
    async [Symbol.asyncDispose]() {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}

/** What is undone in the end, however far the beginning came. */
const running = new AsyncDisposableStack()
let stack: Stack
let tunnel: Cuttable
let edge: Edge
let author: TestClient

beforeAll(async () => {
  const started = running.use(await startStack({ databaseServer: inject('postgresUrl') }))
  stack = started
  const [origin] = started.origins
  if (origin === undefined) throw new Error('the stack has no origin')
  tunnel = running.use(await cuttable(origin.tunnel))
  edge = running.use(await startEdge({ ...started, origins: [{ ...origin, tunnel: tunnel.url }] }))
  author = running.use(await legacyClient(origin.mcp))
  await author.call('mcpbox_create_server', { name: 'later' })
  for (const name of ['note', 'replaced', 'gone']) await live(name, { queue_when_away: true })
  await live('plain', {})
})

afterAll(() => running.disposeAsync())

async function live(name: string, more: Record<string, unknown>): Promise<void> {
  await author.call('mcpbox_create_tool', { server: 'later', name, code: NOTE, ...more })
  await publish(name)
}

async function publish(name: string): Promise<void> {
  const asked = await author.call('mcpbox_request_publish', { server: 'later', name })
  await stack.approve(z.object({ approval: z.string() }).parse(asked.structured).approval)
}

/** The handle under which a call waits. */
function handleIn(text: string): string {
  const [, next = '{}'] =
    /runs by itself once MCPbox is back.* mcpbox_wait with (\{[^}]*\})/.exec(text) ?? []
  return z.object({ handle: z.string() }).parse(JSON.parse(next), { error: () => text }).handle
}

async function runsOf(tool: string) {
  const read = ExecutionList.parse(await stack.read(`/api/executions?tool=later__${tool}`))
  return read.items.map(({ arguments: args, outcome }) => ({ ...args, outcome }))
}

const CLIENTS: [string, (base: URL) => Promise<TestClient>][] = [
  ['legacy', legacyClient],
  ['modern', modernClient],
]

test.each(CLIENTS)(
  '%s: a call outlasts the origin and the Worker, and runs once',
  async (era, open) => {
    await using client = await open(edge.signedIn)
    await client.tools()
    const eve = await edge.signedInAs({ email: 'eve@example.com', sub: 'eve' })
    await using stranger = await open(eve)
    const before = await runsOf('note')
    await stack.origins[0]?.kill()

    const [waiting, refused] = await Promise.all([
      client.call('later__note', { text: era }),
      client.call('later__plain', { text: era }),
    ])
    expect(waiting.isError).toBe(false)
    const handle = handleIn(waiting.text)
    expect(refused).toMatchObject({
      isError: true,
      text: expect.stringContaining('The MCPbox origin has been unreachable since'),
    })

    await edge.restartWorker()
    await using again = await open(edge.signedIn)
    expect(handleIn((await again.call('mcpbox_wait', { handle })).text)).toBe(handle)

    await stack.restartOrigin(0)
    expect(await stranger.call('mcpbox_wait', { handle })).toMatchObject({ isError: true })
    const result = await again.call('mcpbox_wait', { handle })
    expect(result).toMatchObject({ isError: false, structured: { kept: era } })
    expect(await again.call('mcpbox_wait', { handle })).toEqual(result)
    expect(await runsOf('note')).toEqual([{ text: era, outcome: 'ok' }, ...before])
  },
)

test('a call that nobody asks for any more runs by itself once the way is free, and once only', async () => {
  await using client = await modernClient(edge.signedIn)
  await client.tools()
  const before = await runsOf('note')
  tunnel.cut()
  const handle = handleIn((await client.call('later__note', { text: 'by itself' })).text)
  tunnel.mend()
  await expect
    .poll(() => runsOf('note'), { timeout: 60_000, interval: 500 })
    .toEqual([{ text: 'by itself', outcome: 'ok' }, ...before])
  expect((await client.call('mcpbox_wait', { handle })).structured).toEqual({ kept: 'by itself' })
  expect(await runsOf('note')).toHaveLength(before.length + 1)
})

test('what runs in the end is what is live and approved then', async () => {
  await using client = await modernClient(edge.signedIn)
  await client.tools()
  tunnel.cut()
  const [first, second] = await Promise.all([
    client.call('later__replaced', { text: 'x' }),
    client.call('later__gone', { text: 'x' }),
  ])
  await author.call('mcpbox_update_tool', {
    server: 'later',
    name: 'replaced',
    code: NOTE.replace('text}', 'text + " by the new version"}'),
  })
  await publish('replaced')
  await author.call('mcpbox_update_tool', { server: 'later', name: 'gone', kind: 'prompt' })
  await publish('gone')
  tunnel.mend()
  const replaced = await client.call('mcpbox_wait', { handle: handleIn(first.text) })
  expect(replaced.structured).toEqual({ kept: 'x by the new version' })
  await expect(client.call('mcpbox_wait', { handle: handleIn(second.text) })).rejects.toThrow(
    'no tool named "later__gone"',
  )
  expect(await runsOf('gone')).toEqual([])
})
