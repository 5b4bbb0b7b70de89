import { readdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { legacyClient } from '../../test/clients.ts'
import { writeCostDocument } from './cost-document.ts'
import {
  allObjects,
  between,
  COST_FILE,
  perThousand,
  together,
  type Happened,
  type MeasuredCost,
} from './cost-measured.ts'
import { EdgeClient } from './edge-client.ts'
import { KINDS, type ClientKind } from './kinds-of-clients.ts'
import { startMeasuredEdge } from './measured-edge.ts'
import { rounded } from './measure.ts'
import { table } from './table.ts'

/**
 * Counts what Cloudflare would bill for: per 1,000 calls of each kind of client, for streams that
 * are open while nothing happens, and whether workerd forgets their objects meanwhile. Everything is
 * real but Access: the Worker's own code in workerd with counters around it, a whole origin, a
 * Python tool. Writes what it counted to {@link COST_FILE}, and the tables of docs/cost.md.
 *
 * Each principal calls as fast as it can: within the budget of a minute, and the most that one
 * writes for it.
 */
const PRINCIPALS = 25
const CALLS_EACH = 20
/** Fewer than one isolate carries. */
const STREAMS = 40
/** Longer than it takes until a client that left is noticed, and its place is free. */
const NOTICED_MS = 20_000
/** Several times as long as an idle object is remembered. */
const STREAMS_OPEN_MS = 60_000
const CALL = { name: 'bench__add', arguments: { a: 1, b: 2 }, sign: '"sum":3' }

await using edge = await startMeasuredEdge(async (origin) => {
  const author = await legacyClient(origin)
  return { call: (name, args) => author.call(name, { ...args }) }
})

let people = 0
/** Somebody new. Their catalog is kept at their first exchange, which is not what a call costs. */
async function newClient(): Promise<EdgeClient> {
  const sub = `person-${people++}`
  const client = new EdgeClient(
    edge.worker,
    await edge.access.token({ sub, email: `${sub}@example.com` }),
  )
  await client.initialize()
  return client
}

const soFar = async (): Promise<Happened> => ({
  counted: await edge.counted(),
  cpuMs: await edge.workerd.cpuMs(),
})

/** Resolves when what nobody waits for has been done. */
async function settled(): Promise<void> {
  for (let before = ''; ; await pause(20)) {
    const now = JSON.stringify(await edge.counted())
    if (now === before) return
    before = now
  }
}

async function during(act: () => Promise<void>): Promise<Happened> {
  await settled()
  const before = await soFar()
  await act()
  await settled()
  return between(before, await soFar())
}

async function measure(kind: ClientKind): Promise<Happened> {
  const all: Happened[] = []
  for (let n = 0; n < PRINCIPALS; n++) {
    const client = await newClient()
    const { call, end } = await kind.start(client, CALL)
    all.push(
      await during(async () => {
        for (let calls = 0; calls < CALLS_EACH; calls++) await call()
      }),
    )
    end()
    client.close()
  }
  return together(all)
}

/** Calls that come alone: each from an isolate that has no permit left from the last. */
async function measureSeldom(): Promise<Happened> {
  const calls: { call: () => Promise<void> }[] = []
  for (let n = 0; n < PRINCIPALS; n++) calls.push(await KINDS.modern.start(await newClient(), CALL))
  // Permits are leased for a minute.
  await pause(61_000)
  return during(async () => {
    for (const { call } of calls) await call()
  })
}

async function measureIdle(): Promise<MeasuredCost['idle']> {
  await pause(NOTICED_MS)
  const open: { call: () => Promise<void>; end: () => void }[] = []
  for (let n = 0; n < STREAMS; n++) open.push(await KINDS.listening.start(await newClient(), CALL))
  const { counted, cpuMs } = await during(() => pause(STREAMS_OPEN_MS))
  const again = await during(async () => {
    for (const { call } of open) await call()
  })
  for (const { end } of open) end()
  await pause(NOTICED_MS)
  const alone = await during(() => pause(STREAMS_OPEN_MS))
  const { requests, awakeMs } = counted.objects.McpSession
  return {
    streams: STREAMS,
    seconds: STREAMS_OPEN_MS / 1000,
    object_requests: requests,
    awake_ms: awakeMs,
    forgotten: again.counted.objects.McpSession.made,
    cpu_ms_per_stream_hour: rounded(
      ((cpuMs - alone.cpuMs) * 3_600_000) / (STREAMS * STREAMS_OPEN_MS),
    ),
  }
}

/** Keys in the files of all objects now; what was counted as written must explain them. */
async function storedKeys(): Promise<number> {
  let keys = 0
  for (const name of await readdir(edge.storage, { recursive: true })) {
    if (!name.endsWith('.sqlite') || name.endsWith('metadata.sqlite')) continue
    using database = new DatabaseSync(join(edge.storage, name), { readOnly: true })
    const has = `SELECT 1 FROM sqlite_master WHERE name = '_cf_KV'`
    if (database.prepare(has).get() === undefined) continue
    keys += Number(database.prepare('SELECT count(*) AS keys FROM _cf_KV').get()?.['keys'])
  }
  return keys
}

const kinds: MeasuredCost['kinds'] = {
  seldom: {
    what: 'MCP 2026-07-28, a call now and then',
    per_1000: perThousand(await measureSeldom(), PRINCIPALS),
  },
}
for (const [name, kind] of Object.entries(KINDS)) {
  const per_1000 = perThousand(await measure(kind), PRINCIPALS * CALLS_EACH)
  kinds[name] = { what: kind.what, per_1000 }
}
const { version } = createRequire(import.meta.url)('workerd/package.json') as { version: string }
const measured: MeasuredCost = {
  date: new Date().toISOString().slice(0, 10),
  workerd: version,
  calls_of_each_kind: PRINCIPALS * CALLS_EACH,
  kinds,
  idle: await measureIdle(),
}
await writeFile(COST_FILE, `${JSON.stringify(measured, null, 2)}\n`)
await writeCostDocument(measured)

console.log(
  table([
    ['per 1,000 calls', 'Worker', 'fetches', 'objects', 'rows written', 'awake ms', 'CPU ms'],
    ...Object.values(kinds).map(({ what, per_1000: of }) => {
      const { requests, rows_written, awake_ms } = allObjects(of)
      return [what, of.worker_requests, of.fetches, requests, rows_written, awake_ms, of.cpu_ms]
    }),
  ]),
)
const { objects } = await edge.counted()
const written = Object.values(objects).reduce((rows, of) => rows + of.rows.written, 0)
const stored = await storedKeys()
if (stored > written) throw new Error(`${stored} keys are stored, but ${written} rows were counted`)
console.log(`\n${stored} keys are stored, of ${written} rows that were written.`)
console.log(JSON.stringify(measured))
