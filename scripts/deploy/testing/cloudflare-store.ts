import { randomBytes, randomUUID } from 'node:crypto'

/** One thing at the fake Cloudflare. */
export type Thing = Record<string, unknown> & { id: string }

/** A deployed Worker as the fake knows it. */
export interface FakeWorker {
  metadata: Record<string, unknown> & { bindings: { name: string; type: string; text?: string }[] }
  secrets: Map<string, string>
  deployments: string[]
  workersDev: boolean
}

/** Everything that exists at the fake Cloudflare. */
export class CloudflareStore {
  accounts: { id: string; name: string }[] = [{ id: 'a'.repeat(32), name: 'Ada’s account' }]
  team: string | null = 'ada.cloudflareaccess.com'
  subdomain: string | null = 'ada'
  zones: Thing[] = [{ id: 'zone-1', name: 'example.com' }]
  tunnels: Thing[] = []
  configurations = new Map<string, unknown>()
  services: Thing[] = []
  policies: Thing[] = []
  apps: Thing[] = []
  serviceTokens: Thing[] = []
  namespaces: Thing[] = []
  dns: Thing[] = []
  workers = new Map<string, FakeWorker>()
  /** Every secret it ever gave out or was given. */
  told = new Set<string>()

  secret(prefix: string): string {
    const value = `${prefix}_${randomBytes(24).toString('hex')}`
    this.told.add(value)
    return value
  }

  readonly #tunnelTokens = new Map<string, string>()

  tunnelToken(id: string): string {
    const token = this.#tunnelTokens.get(id) ?? this.secret('tunnel')
    this.#tunnelTokens.set(id, token)
    return token
  }

  add(list: Thing[], body: object, extra: object = {}): Thing {
    const thing = { ...body, ...extra, id: randomUUID(), created_at: '2026-11-21T12:00:00Z' }
    list.push(thing)
    return thing
  }

  deployed(worker: FakeWorker): void {
    worker.deployments.unshift(randomUUID())
  }
}
