import { UploadMetadata, SecretsPatch } from './cloudflare-bodies.ts'
import type { CloudflareStore, FakeWorker } from './cloudflare-store.ts'
import { jsonOf, Refused, type Call, type Route } from './cloudflare-route.ts'

/** What wrangler asks of the Workers API, as it does it. */
export function workerRoutes(store: CloudflareStore): [string, Route][] {
  const A = '/accounts/:a/workers'
  const workerOf = ({ at }: Call): FakeWorker => {
    const worker = store.workers.get(at['n'] ?? '')
    if (worker === undefined) throw new Refused(404, 10007, 'This Worker does not exist')
    return worker
  }
  const tell = (value: string) => void store.told.add(value)

  return [
    [`GET ${A}/subdomain`, () => subdomainOf(store)],
    [`GET ${A}/scripts`, () => [...store.workers.keys()].map((id) => ({ id }))],
    [
      `GET ${A}/services/:n`,
      (call) => {
        workerOf(call)
        const script = { etag: 'etag', last_deployed_from: 'wrangler', tag: 'tag' }
        return { id: call.at['n'], default_environment: { environment: 'production', script } }
      },
    ],
    [
      `GET ${A}/scripts/:n/secrets`,
      (call) => [...workerOf(call).secrets.keys()].map((name) => ({ name, type: 'secret_text' })),
    ],
    [
      `GET ${A}/scripts/:n/deployments`,
      (call) => ({
        deployments: workerOf(call).deployments.map((id) => ({
          id,
          source: 'wrangler',
          strategy: 'percentage',
          versions: [{ version_id: id, percentage: 100 }],
          created_on: '2026-11-21T12:00:00Z',
        })),
      }),
    ],
    [
      `GET ${A}/scripts/:n/versions/:v`,
      (call) => {
        workerOf(call)
        return {
          id: call.at['v'],
          metadata: {},
          number: 1,
          resources: { script: {}, script_runtime: {}, bindings: [] },
        }
      },
    ],
    [
      `GET ${A}/scripts/:n/settings`,
      (call) => {
        const { metadata } = workerOf(call)
        const steps = metadata['migrations'] as { new_tag?: string } | undefined
        return { bindings: metadata.bindings, migration_tag: steps?.new_tag ?? 'v1' }
      },
    ],
    [
      `PUT ${A}/scripts/:n`,
      async (call) => {
        const form = await new Response(new Uint8Array(call.body), {
          headers: { 'content-type': call.type },
        }).formData()
        const metadata = UploadMetadata.parse(JSON.parse(textOf(form.get('metadata'))))
        if (form.get(metadata.main_module) === null)
          throw new Refused(400, 10021, 'no such main module')
        const bindings = metadata.bindings as FakeWorker['metadata']['bindings']
        const before = store.workers.get(call.at['n'] ?? '')
        const worker: FakeWorker = {
          metadata: { ...metadata, bindings: bindings.filter((one) => one.type !== 'secret_text') },
          secrets: new Map(before?.secrets),
          deployments: before?.deployments ?? [],
          workersDev: before?.workersDev ?? false,
        }
        for (const { name, type, text } of bindings) {
          if (type !== 'secret_text' || text === undefined) continue
          tell(text)
          worker.secrets.set(name, text)
        }
        store.workers.set(call.at['n'] ?? '', worker)
        store.deployed(worker)
        return {
          id: call.at['n'],
          tag: 'tag',
          etag: 'etag',
          deployment_id: worker.deployments[0],
          startup_time_ms: 1,
          entry_point: metadata.main_module,
        }
      },
    ],
    [
      `GET ${A}/workers/:n`,
      (call) => ({
        id: call.at['n'],
        name: call.at['n'],
        subdomain: { enabled: workerOf(call).workersDev, previews_enabled: false },
      }),
    ],
    [
      `POST ${A}/scripts/:n/subdomain`,
      (call) => {
        workerOf(call).workersDev = true
        return { enabled: true, previews_enabled: false }
      },
    ],
    [
      `PATCH ${A}/scripts/:n/secrets-bulk`,
      (call) => {
        const worker = workerOf(call)
        for (const [name, secret] of Object.entries(jsonOf(call, SecretsPatch).secrets ?? {})) {
          if (secret === null) worker.secrets.delete(name)
          else {
            tell(secret.text)
            worker.secrets.set(name, secret.text)
          }
        }
        store.deployed(worker)
        return { secrets: [] }
      },
    ],
  ]
}

function subdomainOf({ subdomain }: CloudflareStore) {
  if (subdomain === null) throw new Refused(404, 10007, 'No subdomain')
  return { subdomain }
}

function textOf(part: unknown): string {
  if (typeof part === 'string') return part
  throw new Refused(400, 10021, 'there is no metadata')
}
