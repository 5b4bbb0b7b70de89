import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import {
  legacyClient,
  modernClient,
  modernClientWithSession,
  type Progress,
  type TestClient,
} from '../clients.ts'
import { startAgent, type AgentPeer } from './agent.ts'
import { inspect } from './inspector.ts'
import { startPeerLine, type PeerLine } from './line.ts'

/** What clients are made of, at both doors of one line. */

let line: PeerLine
let agent: AgentPeer
beforeAll(async () => {
  line = await startPeerLine(inject('postgresUrl'))
  agent = await startAgent(line.edge.signedIn)
})
afterAll(async () => {
  await agent[Symbol.asyncDispose]()
  await line[Symbol.asyncDispose]()
})

const doors = {
  worker: () => line.edge.signedIn,
  local: () => line.stack.origins[0]!.mcp,
}
const libraries = {
  'sdk 1.x': { connect: legacyClient, protocol: '2025-11-25' },
  'client 2.x, with a session': { connect: modernClientWithSession, protocol: '2025-11-25' },
  'client 2.x, stateless': { connect: modernClient, protocol: '2026-07-28' },
}
const peers = Object.entries(libraries).flatMap(([library, { connect, protocol }]) =>
  Object.entries(doors).map(([door, url]) => ({ library, door, protocol, connect, url })),
)
/** What is waited for comes at once; this only ends a wait for what never comes. */
const SOON = { timeout: 30_000 }
const NEWS = 'def main():\n    """Is new."""\n'
const restarted: TestClient[] = []

describe.each(peers)('$library at the $door door', ({ library, door, protocol, connect, url }) => {
  const heard = new Set<string>()
  let client: TestClient

  beforeAll(async () => {
    client = await connect(url(), { form: { name: library }, onChanged: (what) => heard.add(what) })
    restarted.push(client)
  })

  test('lists', async () => {
    expect(client.protocol).toBe(protocol)
    expect(await client.tools()).toEqual(expect.arrayContaining(['peers__count', 'peers__wait']))
  })

  test('calls, and hears progress', async () => {
    const progress: Progress[] = []
    const { text } = await client.call('peers__count', { to: 3 }, (step) => progress.push(step))
    expect(text).toBe('3')
    expect(progress).toMatchObject([
      { progress: 1, total: 3, message: 'at 1' },
      { progress: 2 },
      { progress: 3 },
    ])
  })

  test('cancels a call, and its process ends', async () => {
    const who = `${library} ${door}`
    const stop = new AbortController()
    const calling = client.call('peers__wait', { who }, () => stop.abort(), stop.signal)
    await expect(calling).rejects.toThrow(/abort/i)
    await expect.poll(() => line.outcomesOf('peers__wait', { who }), SOON).toEqual(['killed'])
  })

  test('asks its person what a running tool wants to know', async () => {
    expect((await client.call('peers__greet')).text).toBe(`Hello, ${library}!`)
  })

  test('hears that the list of tools is another one', async () => {
    const name = `news_${peers.findIndex((peer) => peer.library === library && peer.door === door)}`
    heard.clear()
    await line.publish(name, NEWS)
    await expect.poll(() => [...heard], SOON).toContain('tools')
    expect(await client.tools()).toContain(`peers__${name}`)
  })
})

describe.each(['legacy', 'auto', 'modern'])('the Inspector’s command line, %s', (era) => {
  test.each(Object.entries(doors))('lists and calls at the %s door', async (_door, url) => {
    const { tools } = await inspect(url(), era, ['--method', 'tools/list'])
    expect(tools).toContainEqual(expect.objectContaining({ name: 'peers__count' }))
    const call = ['--method', 'tools/call', '--tool-name', 'peers__count', '--tool-arg', 'to=2']
    expect(await inspect(url(), era, call)).toMatchObject({
      content: [{ type: 'text', text: '2' }],
    })
  })
})

describe('a Cloudflare Agent behind the Worker', () => {
  test('lists, calls, and hears progress', async () => {
    expect(await agent.tools()).toContain('peers__count')
    expect(await agent.call('peers__count', { to: 2 })).toMatchObject({
      result: { content: [{ text: '2' }] },
      progress: [{ progress: 1 }, { progress: 2 }],
    })
  })

  test('cancels a call, and its process ends', async () => {
    const who = 'an Agent'
    const { error } = await agent.call('peers__wait', { who }, { cancelAtFirstProgress: true })
    expect(error).toMatch(/abort/i)
    await expect.poll(() => line.outcomesOf('peers__wait', { who }), SOON).toEqual(['killed'])
  })

  test('answers what a running tool wants to know', async () => {
    const { result } = await agent.call('peers__greet')
    expect(result?.content[0]?.text).toBe('Hello, an Agent!')
  })

  test('hears that the list of tools is another one, and reads it again', async () => {
    await line.publish('news_for_the_agent', NEWS)
    await expect.poll(() => agent.tools(), SOON).toContain('peers__news_for_the_agent')
  })
})

test('a call of a session outlives a restart of the Worker in the middle of it', async () => {
  const sessions = [legacyClient, modernClientWithSession]
  await using both = new AsyncDisposableStack()
  const begun: Promise<void>[] = []
  const calls = sessions.map(async (connect) => {
    const client = both.use(await connect(line.edge.signedIn))
    const { promise, resolve } = Promise.withResolvers<void>()
    begun.push(promise)
    return client.call('peers__nap', { seconds: 3 }, () => resolve())
  })
  await expect.poll(() => begun, SOON).toHaveLength(sessions.length)
  await Promise.all(begun)
  await line.edge.restartWorker()
  for (const { text } of await Promise.all(calls)) expect(text).toBe('rested')
  expect(await line.outcomesOf('peers__nap', { seconds: 3 })).toEqual(['ok', 'ok'])
})

test('every client goes on after a restart of origin, sandbox and Worker', async () => {
  await line.restartAll()
  expect(restarted).toHaveLength(peers.length)
  for (const client of restarted) {
    expect(await client.tools()).toContain('peers__count')
    expect((await client.call('peers__count', { to: 1 })).text).toBe('1')
    // Only a session that still knows what its client can do is asked.
    expect((await client.call('peers__greet')).text).toMatch(/^Hello, /)
    await client[Symbol.asyncDispose]()
  }
  expect((await agent.call('peers__greet')).result?.content[0]?.text).toBe('Hello, an Agent!')
})
