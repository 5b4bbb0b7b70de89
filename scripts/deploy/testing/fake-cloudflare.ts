import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resourceRoutes } from './cloudflare-resources.ts'
import { Refused, type Call } from './cloudflare-route.ts'
import { CloudflareStore } from './cloudflare-store.ts'
import { workerRoutes } from './cloudflare-workers.ts'

export const API_TOKEN = 'an-api-token-of-the-fake-cloudflare-0123456789'

type Interference = Refused | 'hang up' | null

/** Cloudflare's API on a port of this machine. What it does not know fails the test that asked. */
export interface FakeCloudflare extends AsyncDisposable {
  url: string
  store: CloudflareStore
  /** Method and path (the account as `:a`), in order. */
  calls: string[]
  /** Calls that changed something. */
  changes(): string[]
  /** Calls that it does not know. */
  unknown: string[]
  /** Answers in the place of the real one, when it gives something. */
  interfere:
    | ((call: { method: string; path: string }) => Interference | Promise<Interference>)
    | null
}

export async function startFakeCloudflare(): Promise<FakeCloudflare> {
  const store = new CloudflareStore()
  const routes = [...resourceRoutes(store), ...workerRoutes(store)]
  const calls: string[] = []
  const unknown: string[] = []

  function answer(call: Call): unknown {
    const account = /^\/accounts\/([^/]+)\//.exec(call.path)?.[1]
    if (account !== undefined && !store.accounts.some(({ id }) => id === account))
      throw new Refused(403, 10000, 'Authentication error')
    for (const [pattern, route] of routes) {
      const at = matched(pattern, `${call.method} ${call.path}`)
      if (at !== null) return route({ ...call, at })
    }
    unknown.push(`${call.method} ${call.path}`)
    throw new Refused(404, 7003, 'No route for that URI')
  }

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '', 'http://fake')
    const method = incoming.method ?? ''
    const label = `${method} ${url.pathname.replace(/^\/accounts\/[^/]+/, '/accounts/:a')}`
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const reply = (status: number, body: object) => {
      outgoing.writeHead(status, { 'content-type': 'application/json' })
      outgoing.end(JSON.stringify({ messages: [], ...body }))
    }
    try {
      calls.push(label)
      if (incoming.headers.authorization !== `Bearer ${API_TOKEN}`)
        throw new Refused(401, 10001, 'Unable to authenticate request')
      const said = (await fake.interfere?.({ method, path: url.pathname })) ?? null
      if (said === 'hang up') {
        incoming.socket.destroy()
        return
      }
      if (said !== null) throw said
      const result = await answer({
        method,
        path: url.pathname,
        query: url.searchParams,
        at: {},
        body: Buffer.concat(chunks),
        type: incoming.headers['content-type'] ?? '',
      })
      reply(200, { success: true, errors: [], ...paged(result, url.searchParams) })
    } catch (fault) {
      if (!(fault instanceof Refused)) {
        unknown.push(`${label}: ${String(fault)}`)
        reply(500, { success: false, errors: [{ code: 1, message: String(fault) }], result: null })
        return
      }
      const errors = [{ code: fault.code, message: fault.message }]
      reply(fault.status, { success: false, errors, result: null })
    }
  }

  const server = createServer((incoming, outgoing) => void serve(incoming, outgoing))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const fake: FakeCloudflare = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    store,
    calls,
    unknown,
    interfere: null,
    changes: () => calls.filter((call) => !call.startsWith('GET ')),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return fake
}

/** `GET /a/:b` against a method and a path. */
function matched(pattern: string, call: string): Record<string, string> | null {
  const names: string[] = []
  const source = pattern.replace(/:(\w+)/g, (_all, name: string) => {
    names.push(name)
    return '([^/]+)'
  })
  const found = new RegExp(`^${source}$`).exec(call)
  if (found === null) return null
  return Object.fromEntries(names.map((name, n) => [name, found[n + 1] ?? '']))
}

function paged(result: unknown, query: URLSearchParams) {
  if (!Array.isArray(result) || !query.has('page')) return { result }
  const size = Number(query.get('per_page'))
  const page = Number(query.get('page'))
  return {
    result: result.slice((page - 1) * size, page * size),
    result_info: {
      page,
      per_page: size,
      count: result.length,
      total_count: result.length,
      total_pages: Math.ceil(result.length / size),
    },
  }
}
