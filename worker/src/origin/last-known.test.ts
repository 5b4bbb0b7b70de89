import { env } from 'cloudflare:workers'
import { afterEach, expect, test, vi } from 'vitest'
import type { Caller } from '#gateway/origin.ts'
import { echo } from '#gateway/testing/tools.ts'
import { fetchToOrigin } from '../../testing/fetch-to-origin.ts'
import { tunnelClient } from '../../testing/tunnel-to.ts'
import { remembered } from '../memory/remembered.ts'

/** An origin that goes away, and isolates of which each begins knowing nothing. */

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const open = new AbortController().signal

function someone(): Caller {
  const principal = { kind: 'service', clientId: crypto.randomUUID() } as const
  return { principal, requestId: 'a-request' }
}

/** A new isolate with real objects to remember in; `settled` once it has written what it keeps. */
function isolate() {
  const writes: Promise<void>[] = []
  const fail = (fault: unknown) => {
    throw fault
  }
  const { catalogs, away } = remembered(env.EDGE_MEMORY, (work) => writes.push(work), fail)
  const client = tunnelClient(1, { memory: { ...catalogs, ...away } })
  return { client, settled: () => Promise.all(writes) }
}

test('the last known catalog is there for an isolate that never met the origin', async () => {
  const alice = someone()
  const { origin } = fetchToOrigin({ echo })
  const before = isolate()
  const known = await before.client.catalog(alice, open)
  await before.settled()
  origin.weather.push('dead')
  expect(await isolate().client.catalog(alice, open)).toEqual(known)
})

test('but not for somebody else', async () => {
  const { origin } = fetchToOrigin({ echo })
  const before = isolate()
  await before.client.catalog(someone(), open)
  await before.settled()
  origin.weather.push('dead')
  await expect(isolate().client.catalog(someone(), open)).rejects.toMatchObject({
    problem: { code: 'origin_unreachable' },
  })
})

test('a newer catalog takes the place of the one that was remembered', async () => {
  const alice = someone()
  const { origin, scripted } = fetchToOrigin({ echo })
  const before = isolate()
  await before.client.catalog(alice, open)
  scripted.changeCatalog()
  const newer = await before.client.catalog(alice, open)
  await before.settled()
  origin.weather.push('dead')
  expect((await isolate().client.catalog(alice, open)).etag).toBe(newer.etag)
})

test('every isolate says the same of since when the origin is away', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const { origin } = fetchToOrigin({ echo })
  const sinceAt = async ({ client }: ReturnType<typeof isolate>) => {
    origin.weather.push('dead')
    const refused = client.catalog(someone(), open)
    await expect(refused).rejects.toMatchObject({ problem: { code: 'origin_unreachable' } })
    const message = await refused.catch(String)
    return /since (\S+)\. /.exec(typeof message === 'string' ? message : '')?.[1]
  }
  const first = isolate()
  await first.client.catalog(someone(), open)
  await first.settled()
  const since = await sinceAt(first)
  expect(since).toBeDefined()
  vi.setSystemTime(Date.now() + 600_000)
  const second = isolate()
  expect(await sinceAt(second)).toBe(since)
  await second.client.catalog(someone(), open)
  await second.settled()
  vi.setSystemTime(Date.now() + 600_000)
  expect(await sinceAt(second)).not.toBe(since)
})
