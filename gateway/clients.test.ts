import {
  Client as StatelessClient,
  StreamableHTTPClientTransport as StatelessTransport,
} from '@modelcontextprotocol/client'
import { Client as SessionClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as SessionTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { describe, expect, test, vi } from 'vitest'
import { ALICE, mountGateway, type Mounted } from './testing/mounted-gateway.ts'
import { ENDPOINT, rpc } from './testing/posts.ts'
import { sessionOf } from './testing/session.ts'
import { counting, echo, held } from './testing/tools.ts'

const INFO = { name: 'a real client', version: '1.0.0' }

/** A fetch that reaches nothing but this gateway. */
function into({ gateway }: Mounted) {
  return (url: string | URL, init?: RequestInit) => gateway.handle(new Request(url, init), ALICE)
}

describe('@modelcontextprotocol/sdk 1.x, with sessions', () => {
  async function connect(mounted: Mounted) {
    const client = new SessionClient(INFO)
    const transport = new SessionTransport(new URL(ENDPOINT), { fetch: into(mounted) })
    await client.connect(transport)
    return { client, transport }
  }

  test('lists, calls, hears progress, and ends its session', async () => {
    const mounted = mountGateway({ echo, counting })
    const { client, transport } = await connect(mounted)
    expect(client.getInstructions()).toBe('Call the tools.')
    expect((await client.listTools()).tools.map((tool) => tool.name)).toEqual(['echo', 'counting'])
    const progress: number[] = []
    const result = await client.callTool({ name: 'counting' }, undefined, {
      onprogress: (step) => progress.push(step.progress),
    })
    expect(result.content).toEqual([{ type: 'text', text: 'counted' }])
    expect(progress).toEqual([1, 2])
    const session = sessionOf(transport.sessionId ?? '', mounted.gateway, ALICE)
    expect((await session.post(rpc(1, 'ping'))).status).toBe(200)
    await transport.terminateSession()
    expect((await session.post(rpc(2, 'ping'))).status).toBe(404)
    await client.close()
  })

  test('hears that the catalog changed', async () => {
    const mounted = mountGateway({ echo })
    const changed = vi.fn<() => void>()
    const client = new SessionClient(INFO, {
      listChanged: { tools: { onChanged: changed, debounceMs: 0 } },
    })
    await client.connect(new SessionTransport(new URL(ENDPOINT), { fetch: into(mounted) }))
    await vi.waitUntil(() => mounted.origin.feeds === 1)
    mounted.origin.changeCatalog()
    await vi.waitUntil(() => changed.mock.calls.length > 0)
    expect(changed).toHaveBeenCalledTimes(1)
    await client.close()
  })

  test('cancels a call, which ends at the origin', async () => {
    const slow = held()
    const mounted = mountGateway({ slow: slow.tool })
    const { client } = await connect(mounted)
    const stop = new AbortController()
    const calling = client.callTool({ name: 'slow' }, undefined, { signal: stop.signal })
    await slow.started
    stop.abort()
    await expect(calling).rejects.toThrow(/abort/i)
    await vi.waitUntil(() => mounted.origin.cancelled.length === 1)
    await client.close()
  })

  test('goes on as if nothing had been when everything was restarted', async () => {
    let mounted = mountGateway({ echo })
    const client = new SessionClient(INFO)
    const fetch = (url: string | URL, init?: RequestInit) => into(mounted)(url, init)
    await client.connect(new SessionTransport(new URL(ENDPOINT), { fetch }))
    mounted = mountGateway({ echo })
    const result = await client.callTool({ name: 'echo', arguments: { a: 1 } })
    expect(result.structuredContent).toEqual({ a: 1 })
    await client.close()
  })
})

describe('@modelcontextprotocol/client 2.x, stateless', () => {
  async function connect(mounted: Mounted) {
    const client = new StatelessClient(INFO, { versionNegotiation: { mode: 'auto' } })
    const transport = new StatelessTransport(new URL(ENDPOINT), { fetch: into(mounted) })
    await client.connect(transport)
    return client
  }

  test('lists, calls and hears progress without any session', async () => {
    const mounted = mountGateway({ echo, counting })
    const client = await connect(mounted)
    expect((await client.listTools()).tools.map((tool) => tool.name)).toEqual(['echo', 'counting'])
    const progress: number[] = []
    const result = await client.callTool(
      { name: 'counting' },
      { onprogress: (step) => progress.push(step.progress) },
    )
    expect(result.content).toEqual([{ type: 'text', text: 'counted' }])
    expect(progress).toEqual([1, 2])
    expect(mounted.origin.operations).toMatchObject([{ request: { era: 'modern', client: INFO } }])
    await client.close()
  })

  test('cancels a call by closing its stream', async () => {
    const slow = held()
    const mounted = mountGateway({ slow: slow.tool })
    const client = await connect(mounted)
    const stop = new AbortController()
    const calling = client.callTool({ name: 'slow' }, { signal: stop.signal })
    await slow.started
    stop.abort()
    await expect(calling).rejects.toThrow(/abort/i)
    await vi.waitUntil(() => mounted.origin.cancelled.length === 1)
    await client.close()
  })
})
