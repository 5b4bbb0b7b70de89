import { dirname } from 'node:path'
import { Miniflare, convertV4MiniflareOptions } from 'miniflare'
import { unstable_readConfig as readWranglerConfig } from 'wrangler'
import type { WorkerSecrets } from '#contract/admin-api.ts'
import type { LocalAccess } from './local-access.ts'
import { WORKER_CONFIG, type WorkerBundle } from './worker-bundle.ts'

/** The Worker in workerd on this machine. */
export interface LocalWorker extends AsyncDisposable {
  url: URL
}

/** Of wrangler.toml, as wrangler reads it. */
interface BoundObject {
  name: string
  class_name: string
}
interface BoundLimit {
  name: string
  namespace_id: string
  simple: { limit: number; period: 10 | 60 }
}

/** What a Worker on this machine is told of where it is. */
export interface LocalSettings {
  access: Pick<LocalAccess, 'issuer' | 'audience'>
  origin: URL
  /** Where clients reach it: what stands before it. */
  publicUrl: URL
  secrets: WorkerSecrets
  /** Requests of one principal in a minute; those of a deployment unless given. */
  ratePerMinute?: number
  /** Web origins whose pages may call it. */
  allowedOrigins: readonly string[]
}

/**
 * Serves a Worker bundle with the settings of wrangler.toml.
 * @param options.storage folder that keeps the Durable Objects; left out, they end with the process
 */
export async function serveWorker(
  bundle: WorkerBundle,
  options: LocalSettings & { port?: number; storage?: string },
): Promise<LocalWorker> {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...workerOptions(bundle, options),
      cf: false,
      host: '127.0.0.1',
      port: options.port ?? 0,
      ...(options.storage === undefined ? {} : { resourcePersistencePath: options.storage }),
    }),
  )
  return { url: await miniflare.ready, [Symbol.asyncDispose]: () => miniflare.dispose() }
}

/** A Worker bundle with the settings of wrangler.toml, for Miniflare. */
export function workerOptions(bundle: WorkerBundle, options: LocalSettings) {
  const config = readWranglerConfig({ config: WORKER_CONFIG })
  return {
    name: 'mcpbox',
    modulesRoot: dirname(bundle.script),
    modules: [{ type: 'ESModule' as const, path: bundle.script }],
    compatibilityDate: config.compatibility_date ?? '',
    compatibilityFlags: config.compatibility_flags,
    durableObjects: Object.fromEntries(
      config.durable_objects.bindings.map(({ name, class_name: className }: BoundObject) => [
        name,
        { className, useSQLite: true },
      ]),
    ),
    ratelimits: Object.fromEntries(
      config.ratelimits.map(({ name, ...limit }: BoundLimit) => [name, limit]),
    ),
    bindings: {
      PUBLIC_URL: options.publicUrl.origin,
      ACCESS_ISSUER: options.access.issuer,
      ACCESS_AUDIENCES: options.access.audience,
      ORIGIN_URL: options.origin.origin,
      SERVICE_TOKEN: options.secrets.service_token,
      ASSERTION_KEY: options.secrets.assertion_key,
      SESSION_KEY: options.secrets.session_key,
      ...(options.ratePerMinute !== undefined && {
        RATE_LIMIT_PER_MINUTE: String(options.ratePerMinute),
      }),
      ALLOWED_ORIGINS: options.allowedOrigins.join(','),
    },
  }
}
