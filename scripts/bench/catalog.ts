import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { openDatabase } from '../../origin/src/storage/database.ts'
import { legacyClient } from '../../test/clients.ts'
import { freshDatabase, startPostgres } from '../../test/postgres-server.ts'
import { startOriginProcess } from '../edge/origin-process.ts'
import { catalogTools } from './catalog/catalog-tools.ts'
import { fill } from './catalog/fill.ts'
import { KNOWN_QUESTIONS, QUESTIONS } from './catalog/questions.ts'
import { quantile, rounded, sequential } from './measure.ts'
import { table } from './table.ts'
import { DEFAULT_POOL } from '../../origin/src/storage/pool.ts'

/**
 * What a catalog of 5,000 approved tools costs: the list of tools as it is by default (too many, so
 * that only those of MCPbox itself are in it) and with all of them in it, a search, a description.
 * Each is a request over HTTP to the local door of a real origin, answered in full; on the embedded
 * database and on PostgreSQL. A search finds a question's tool when it is among the first three.
 */
const COUNT = 100
const WARM_UP = 10
const FIRST = 3
const TOOLS = catalogTools()

await using server = await startPostgres()
const databases = {
  embedded: { env: {}, prefix: '' },
  postgres: { env: { DATABASE_URL: (await freshDatabase(server.url)).url }, prefix: 'postgres_' },
}

const rows: (string | number)[][] = [['', 'embedded', 'PostgreSQL']]
const measured: Record<string, number> = {}
const columns = [await measure('embedded'), await measure('postgres')]
for (const [what, key] of Object.entries(columns[0] ?? {}))
  rows.push([what, key, columns[1]?.[what] ?? ''])
console.log(table(rows))
console.log(JSON.stringify(measured))

async function measure(kind: keyof typeof databases): Promise<Record<string, number>> {
  await using parts = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'mcpbox-catalog-'))
  parts.defer(() => rm(folder, { recursive: true }))
  const { env, prefix } = databases[kind]
  {
    const url = 'DATABASE_URL' in env ? env.DATABASE_URL : null
    await using database = await openDatabase({
      url,
      folder,
      pool: DEFAULT_POOL,
      onFault: console.error,
    })
    await fill(database.db, TOOLS)
  }
  const settings = {
    ...env,
    MCPBOX_DATA: folder,
    LOG_LEVEL: 'error',
    MCPBOX_PORT: '0',
    RATE_LIMIT_REQUESTS_PER_MINUTE: '1000000',
    MCPBOX_ADMIN_PORT: '0',
    MCPBOX_TUNNEL_PORT: '0',
    SANDBOX_PORT: '0',
  }
  const column: Record<string, number> = {}
  const note = (what: string, key: string, value: number) => {
    column[what] = value
    measured[prefix + key] = value
  }
  const p50 = async (what: string, key: string, call: () => Promise<void>) => {
    const times = await sequential(call, { count: COUNT, warmUp: WARM_UP })
    note(`${what}, p50 ms`, `${key}_p50_ms`, rounded(quantile(times, 0.5)))
    column[`${what}, p95 ms`] = rounded(quantile(times, 0.95))
  }
  {
    await using origin = await startOriginProcess(settings)
    const { ask, find } = await askerOf(origin.mcp)
    await p50('list', 'list', ask('tools/list', {}, 'mcpbox_search_tools'))
    let turn = 0
    await p50('search', 'search', async () => {
      const [query = ''] = QUESTIONS[turn++ % QUESTIONS.length] ?? []
      await call('mcpbox_search_tools', { query }, 'call_with')()
    })
    await p50(
      'describe',
      'describe',
      call('mcpbox_describe_tool', { names: ['net__tls_expiry'] }, 'input_schema'),
    )
    const found = await placesOf(QUESTIONS, find)
    const within = (places: number[], most: number) => places.filter((at) => at < most).length
    note(`found of ${QUESTIONS.length}`, 'search_hits_of_50', within(found, FIRST))
    note('… in first place', 'search_first_of_50', within(found, 1))
    const known = await placesOf(KNOWN_QUESTIONS, find)
    note(
      `found of ${KNOWN_QUESTIONS.length} that ranking was made with`,
      'known_hits_of_100',
      within(known, FIRST),
    )

    function call(name: string, args: object, sign: string) {
      return ask('tools/call', { name, arguments: args }, sign)
    }
  }
  await using origin = await startOriginProcess({ ...settings, MCPBOX_MOST_LISTED_TOOLS: '10000' })
  const { ask } = await askerOf(origin.mcp)
  await p50('list with all of them', 'list_all', ask('tools/list', {}, 'wordpress__'))
  return column
}

/** Where each question's tool stands among what is found; past the end when it is not there. */
async function placesOf(
  questions: typeof QUESTIONS,
  find: (question: string) => Promise<string[]>,
): Promise<number[]> {
  const places: number[] = []
  for (const [question, tool] of questions) {
    const at = (await find(question)).indexOf(tool)
    places.push(at < 0 ? Number.POSITIVE_INFINITY : at)
  }
  return places
}

async function askerOf(mcp: URL) {
  const client = await legacyClient(mcp)
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-session-id': client.sessionId,
    'mcp-protocol-version': client.protocol,
  }
  return {
    /** One request, whose answer must contain `sign`. */
    ask: (method: string, params: object, sign: string) => async () => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
      const response = await fetch(new URL('/mcp', mcp), { method: 'POST', headers, body })
      const text = await response.text()
      if (!text.includes(sign)) throw new Error(`${response.status}: ${text.slice(0, 1_000)}`)
    },
    find: async (query: string): Promise<string[]> => {
      const { structured } = await client.call('mcpbox_search_tools', { query })
      const { tools } = z
        .object({ tools: z.array(z.object({ name: z.string() })) })
        .parse(structured)
      return tools.map(({ name }) => name)
    },
  }
}
