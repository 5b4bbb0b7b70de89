import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import {
  AppBody,
  ConfigurationBody,
  DnsBody,
  NamespaceBody,
  PolicyBody,
  ServiceBody,
  TokenBody,
  TunnelBody,
} from './cloudflare-bodies.ts'
import { CloudflareStore, type Thing } from './cloudflare-store.ts'
import { workerRoutes } from './cloudflare-workers.ts'

export const API_TOKEN = 'an-api-token-of-the-fake-cloudflare-0123456789'

/** A refusal in Cloudflare's envelope. */
export class Refused extends Error {
  readonly status: number
  readonly code: number

  constructor(status: number, code: number, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export interface Call {
  method: string
  path: string
  query: URLSearchParams
  /** Path segments that the route's pattern captured. */
  at: Record<string, string>
  body: Buffer
  type: string
}

/** What a route answers: the result, or a list of which one page is told. */
export type Route = (call: Call) => unknown

export const jsonOf = <T>(call: Call, schema: z.ZodType<T>): T => {
  const parsed = schema.safeParse(JSON.parse(call.body.toString()))
  if (parsed.success) return parsed.data
  throw new Refused(400, 1001, z.prettifyError(parsed.error))
}

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
  interfere: ((call: { method: string; path: string }) => Refused | 'hang up' | null) | null
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
      const said = fake.interfere?.({ method, path: url.pathname }) ?? null
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

function resourceRoutes(store: CloudflareStore): [string, Route][] {
  const A = '/accounts/:a'
  const find = (list: Thing[], id: string | undefined) => {
    const found = list.find((one) => one.id === id)
    if (found === undefined) throw new Refused(404, 12000, 'not found')
    return found
  }
  const unique = (list: Thing[], key: string, value: unknown) => {
    if (list.some((one) => one[key] === value))
      throw new Refused(409, 1013, `${key} is taken: ${String(value)}`)
  }
  const withoutSecret = (app: Thing) => {
    const { client_secret: _secret, ...saas } = (app['saas_app'] ?? {}) as Record<string, unknown>
    const policies = (app['policies'] as string[]).map((id) => find(store.policies, id))
    return { ...app, policies, ...(app['saas_app'] !== undefined && { saas_app: saas }) }
  }
  const known = (policies: string[]) => policies.forEach((id) => find(store.policies, id))

  return [
    ['GET /accounts', () => store.accounts],
    [
      `GET ${A}/access/organizations`,
      () => {
        if (store.team === null) throw new Refused(404, 9999, 'access.api.error.not_enabled')
        return { name: 'Ada', auth_domain: store.team }
      },
    ],
    ['GET /zones', () => store.zones],
    [`GET ${A}/cfd_tunnel`, () => store.tunnels],
    [
      `POST ${A}/cfd_tunnel`,
      (call) => {
        const body = jsonOf(call, TunnelBody)
        unique(store.tunnels, 'name', body.name)
        const tunnel = store.add(store.tunnels, body)
        store.tunnelTokens.set(tunnel.id, store.secret('tunnel'))
        return tunnel
      },
    ],
    [
      `GET ${A}/cfd_tunnel/:id/token`,
      ({ at }) => store.tunnelTokens.get(find(store.tunnels, at['id']).id),
    ],
    [
      `GET ${A}/cfd_tunnel/:id/configurations`,
      ({ at }) => ({ config: store.configurations.get(find(store.tunnels, at['id']).id) ?? null }),
    ],
    [
      `PUT ${A}/cfd_tunnel/:id/configurations`,
      (call) => {
        const { config } = jsonOf(call, ConfigurationBody)
        store.configurations.set(find(store.tunnels, call.at['id']).id, config)
        return { config }
      },
    ],
    [
      `GET ${A}/connectivity/directory/services`,
      () => store.services.map(({ id, ...service }) => ({ ...service, service_id: id })),
    ],
    [
      `POST ${A}/connectivity/directory/services`,
      (call) => {
        const body = jsonOf(call, ServiceBody)
        unique(store.services, 'name', body.name)
        const { id, ...service } = store.add(store.services, body)
        return { ...service, service_id: id }
      },
    ],
    [
      `PUT ${A}/connectivity/directory/services/:id`,
      (call) => {
        const service = find(store.services, call.at['id'])
        Object.assign(service, jsonOf(call, ServiceBody))
        return { ...service, service_id: service.id }
      },
    ],
    [`GET ${A}/access/policies`, () => store.policies],
    [
      `POST ${A}/access/policies`,
      (call) =>
        store.add(store.policies, { exclude: [], require: [], ...jsonOf(call, PolicyBody) }),
    ],
    [
      `PUT ${A}/access/policies/:id`,
      (call) => Object.assign(find(store.policies, call.at['id']), jsonOf(call, PolicyBody)),
    ],
    [`GET ${A}/access/apps`, () => store.apps.map(withoutSecret)],
    [
      `POST ${A}/access/apps`,
      (call) => {
        const body = jsonOf(call, AppBody)
        known(body.policies)
        const app = store.add(store.apps, body, { aud: randomBytes(32).toString('hex') })
        if (body.type === 'self_hosted') return withoutSecret(app)
        const client = { client_id: randomBytes(16).toString('hex') }
        app['saas_app'] = { ...body.saas_app, ...client, client_secret: store.secret('oidc') }
        return app
      },
    ],
    [
      `PUT ${A}/access/apps/:id`,
      (call) => {
        const app = find(store.apps, call.at['id'])
        const body = jsonOf(call, AppBody)
        known(body.policies)
        // Whatever is not sent again is gone.
        const { id, aud, created_at: at, saas_app: saas } = app
        for (const key of Object.keys(app)) delete app[key]
        Object.assign(app, body, { id, aud, created_at: at })
        if (body.type === 'saas') app['saas_app'] = { ...(saas as object), ...body.saas_app }
        return withoutSecret(app)
      },
    ],
    [
      `DELETE ${A}/access/apps/:id`,
      ({ at }) => {
        store.apps.splice(store.apps.indexOf(find(store.apps, at['id'])), 1)
        return { id: at['id'] }
      },
    ],
    [
      `GET ${A}/access/service_tokens`,
      () => store.serviceTokens.map(({ client_secret: _secret, ...token }) => token),
    ],
    [
      `POST ${A}/access/service_tokens`,
      (call) =>
        store.add(store.serviceTokens, jsonOf(call, TokenBody), {
          client_id: `${randomBytes(16).toString('hex')}.access`,
          client_secret: store.secret('cfast'),
        }),
    ],
    [
      `POST ${A}/access/service_tokens/:id/rotate`,
      ({ at }) =>
        Object.assign(find(store.serviceTokens, at['id']), {
          client_secret: store.secret('cfast'),
        }),
    ],
    [`GET ${A}/storage/kv/namespaces`, () => store.namespaces],
    [
      `POST ${A}/storage/kv/namespaces`,
      (call) => {
        const body = jsonOf(call, NamespaceBody)
        unique(store.namespaces, 'title', body.title)
        return store.add(store.namespaces, body)
      },
    ],
    [
      'GET /zones/:z/dns_records',
      ({ query }) =>
        store.dns.filter(({ name }) => !query.has('name') || name === query.get('name')),
    ],
    [
      'POST /zones/:z/dns_records',
      (call) => {
        const body = jsonOf(call, DnsBody)
        unique(store.dns, 'name', body.name)
        return store.add(store.dns, body)
      },
    ],
    [
      'PUT /zones/:z/dns_records/:id',
      (call) => Object.assign(find(store.dns, call.at['id']), jsonOf(call, DnsBody)),
    ],
  ]
}
