import { randomBytes } from 'node:crypto'
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
import { jsonOf, Refused, type Route } from './cloudflare-route.ts'
import type { CloudflareStore, Thing } from './cloudflare-store.ts'

/** Everything but Workers, as the script asks for it. */
export function resourceRoutes(store: CloudflareStore): [string, Route][] {
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
        return store.add(store.tunnels, body)
      },
    ],
    [
      `GET ${A}/cfd_tunnel/:id/token`,
      ({ at }) => store.tunnelToken(find(store.tunnels, at['id']).id),
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
