import { z } from 'zod'
import { differences, ensure } from '../ensure.ts'
import type { Run } from '../run.ts'

const Service = z
  .looseObject({ service_id: z.string(), name: z.string() })
  .transform((service) => ({ ...service, id: service.service_id }))
type Service = z.infer<typeof Service>

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/

/** The Workers VPC service through which the Worker's ORIGIN binding reaches the tunnel door. */
export async function ensureVpcService(
  run: Run,
  wanted: { name: string; tunnel: string; address: string },
): Promise<{ id: string }> {
  const { cloudflare, account, records } = run
  const services = `/accounts/${account}/connectivity/directory/services`
  const body = {
    name: wanted.name,
    type: 'http',
    ...placeOf(wanted.address, wanted.tunnel),
  }
  const put = (path: string, method: 'POST' | 'PUT') =>
    cloudflare.write({ method, path, body }, Service, {
      ...body,
      service_id: '<vpc service>',
      id: '<vpc service>',
    })
  const service = await ensure<Service>(run, {
    part: 'vpc_service',
    name: wanted.name,
    find: () => cloudflare.list(services, Service),
    make: () => put(services, 'POST'),
    wrong: (found) => differences(found, body),
    change: (found) => put(`${services}/${found.id}`, 'PUT'),
  })
  await records.made('vpc_service', { id: service.id, name: service.name })
  return service
}

/** Host and port as the directory wants them: addresses are reached, names are looked up behind the tunnel. */
function placeOf(address: string, tunnel: string) {
  const colon = address.lastIndexOf(':')
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, '$1')
  const network = { tunnel_id: tunnel }
  const http_port = Number(address.slice(colon + 1))
  if (IPV4.test(host)) return { http_port, host: { ipv4: host, network } }
  if (host.includes(':')) return { http_port, host: { ipv6: host, network } }
  return { http_port, host: { hostname: host, resolver_network: network } }
}
