import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Miniflare, convertV4MiniflareOptions } from 'miniflare'
import { MAX_NEWS_STREAMS } from '#contract/limits.ts'
import { startLocalAccess } from '../../test/access-team/local-access.ts'
import { workerOptions } from '../edge/local-worker.ts'
import { buildWorker } from '../edge/worker-bundle.ts'
import { EdgeClient, ping } from './edge-client.ts'
import { KINDS } from './kinds-of-clients.ts'
import { quantile, rounded } from './measure.ts'
import { startedWorkerds } from './processor-time.ts'
import { table } from './table.ts'

/**
 * What the Worker adds: its real bundle beside a bare pass-through Worker, both in one workerd process
 * (two Workers of one Miniflare, each with a socket of its own), before the same stub of an origin in
 * a process of its own. Calls are made in turn, so that whatever disturbs the machine disturbs all alike.
 * Tokens are real (RS256), and every check of the Worker is on. Linux alone.
 */
const COUNT = 1_500
const WARM_UP = 500
/** Rounds of calls of one kind, for their processor time: Linux counts in steps of 10 ms. */
const ROUNDS = 6
const ROUND = 250
const IDLE_MS = 3_000
const SESSIONS = 1_000
/** workerd forgets an object that was idle for 10 s. */
const FORGOTTEN_MS = 15_000
const CALL = { name: 'add', arguments: { a: 1, b: 2 }, sign: '"sum' }

await using stack = new AsyncDisposableStack()
const stub = spawn(process.execPath, [fileURLToPath(new URL('stub-origin.ts', import.meta.url))], {
  stdio: ['pipe', 'pipe', 'inherit'],
})
stack.defer(() => void stub.kill())
const [port] = (await once(createInterface({ input: stub.stdout }), 'line')) as [string]
const origin = new URL(`http://127.0.0.1:${port}`)
const access = stack.use(await startLocalAccess())
const bundle = stack.use(await buildWorker())
const key = (name: string) => name.repeat(32).slice(0, 32)
const settings = workerOptions(bundle, {
  access,
  origin,
  publicUrl: new URL('http://127.0.0.1'),
  secrets: { service_token: key('token'), assertion_key: key('key'), session_key: key('session') },
  allowedOrigins: [],
  ratePerMinute: 100_000,
})
const socket = { unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }] }
const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    cf: false,
    host: '127.0.0.1',
    port: 0,
    // Each call is logged, as in a deployment; nobody reads it here.
    handleStructuredLogs: () => {},
    workers: [
      { ...settings, ...socket },
      {
        name: 'passthrough',
        modules: [
          { type: 'ESModule', path: fileURLToPath(new URL('passthrough.js', import.meta.url)) },
        ],
        compatibilityDate: settings.compatibilityDate,
        bindings: { ORIGIN_URL: origin.origin },
        ...socket,
      },
    ],
  }),
)
stack.defer(() => miniflare.dispose())
await miniflare.ready
const [workerd] = await startedWorkerds()
if (workerd === undefined) throw new Error('no workerd is running')

const token = await access.token({ sub: 'person', email: 'person@example.com' })
const bare = new EdgeClient(await miniflare.unsafeGetDirectURL('passthrough'), token)
const worker = new EdgeClient(await miniflare.unsafeGetDirectURL('mcpbox'), token)
const paths = {
  passthrough: { what: 'bare pass-through', ...(await KINDS.modern.start(bare, CALL)) },
  modern: { what: 'Worker, no session', ...(await KINDS.modern.start(worker, CALL)) },
  legacy: { what: 'Worker, in a session', ...(await KINDS.pooled.start(worker, CALL)) },
}
type PathName = keyof typeof paths
const names = Object.keys(paths) as PathName[]
const ofEach = <T>(of: (name: PathName) => T) => ({
  passthrough: of('passthrough'),
  modern: of('modern'),
  legacy: of('legacy'),
})

const times = ofEach<number[]>(() => [])
for (let n = -WARM_UP; n < COUNT; n++) {
  for (const name of names) {
    const begun = performance.now()
    await paths[name].call()
    if (n >= 0) times[name].push(performance.now() - begun)
  }
}

const spent = ofEach(() => 0)
const idleBegun = await workerd.cpuMs()
await pause(IDLE_MS)
const idleShare = ((await workerd.cpuMs()) - idleBegun) / IDLE_MS
for (let round = 0; round < ROUNDS; round++) {
  for (const name of names) {
    const [begun, before] = [performance.now(), await workerd.cpuMs()]
    for (let n = 0; n < ROUND; n++) await paths[name].call()
    spent[name] += (await workerd.cpuMs()) - before - (performance.now() - begun) * idleShare
  }
}

const sorted = ofEach((name) => times[name].toSorted((a, b) => a - b))
const p50 = ofEach((name) => quantile(sorted[name], 0.5))
const p95 = ofEach((name) => quantile(sorted[name], 0.95))
const cpu = ofEach((name) => spent[name] / (ROUNDS * ROUND))

const before = await workerd.residentMb()
const sessions: Record<string, string>[] = []
for (let n = 0; n < SESSIONS; n++) {
  const session = await worker.initialize()
  await worker.send('POST', ping(session), '"result"')
  sessions.push(session)
}
const awake = await workerd.residentMb()
const streams = await Promise.all(
  sessions.slice(0, MAX_NEWS_STREAMS).map(async (headers) => {
    const stream = await worker.open('GET', { headers, body: '' })
    if (stream.statusCode !== 200) throw new Error(`a stream: ${stream.statusCode}`)
    return stream.resume().on('error', () => {})
  }),
)
await pause(FORGOTTEN_MS)
const asleep = await workerd.residentMb()
for (const stream of streams) stream.destroy()
bare.close()
worker.close()

const measured = {
  added_p50_ms: rounded(p50.modern - p50.passthrough),
  cpu_ms_per_call: rounded(cpu.modern),
  passthrough_p50_ms: rounded(p50.passthrough),
  added_p95_ms: rounded(p95.modern - p95.passthrough),
  passthrough_cpu_ms_per_call: rounded(cpu.passthrough),
  session_added_p50_ms: rounded(p50.legacy - p50.passthrough),
  session_cpu_ms_per_call: rounded(cpu.legacy),
  sessions: SESSIONS,
  news_streams: streams.length,
  rss_before_mb: rounded(before),
  rss_sessions_mb: rounded(awake),
  rss_asleep_mb: rounded(asleep),
}
console.log(
  table([
    ['', 'p50 ms', 'p95 ms', 'added p50', 'CPU ms a call'],
    ...names.map((name) => [
      paths[name].what,
      rounded(p50[name]),
      rounded(p95[name]),
      rounded(p50[name] - p50.passthrough),
      rounded(cpu[name]),
    ]),
  ]),
)
console.log(
  `\nworkerd holds ${measured.rss_before_mb} MB; after ${SESSIONS} sessions ${measured.rss_sessions_mb} MB; ` +
    `when they are idle and ${streams.length} of them listen ${measured.rss_asleep_mb} MB.`,
)
console.log(JSON.stringify(measured))
