import { dirname } from 'node:path'
import { Miniflare, convertV4MiniflareOptions } from 'miniflare'
import { unstable_readConfig as readWranglerConfig } from 'wrangler'
import type { WorkerSecrets } from '#contract/admin-api.ts'
import type { LocalAccess } from './local-access.ts'
import { WORKER_CONFIG, type WorkerBundle } from './worker-bundle.ts'

/** Breaks what runs in every object of the process, as new code does that is deployed to them. */
const RESET = `
import workerd from 'workerd:unsafe'
export default {
  async fetch() {
    await workerd.abortAllDurableObjects()
    return new Response()
  },
}`

/** The Worker in workerd on this machine. */
export interface LocalWorker extends AsyncDisposable {
  url: URL
  /**
   * Drops every session's object from memory, in the middle of what it does, as a deploy does: what
   * it had stored stays.
   */
  resetSessions(): Promise<void>
}

/**
 * Serves a Worker bundle with the settings of wrangler.toml.
 * @param options.storage folder that keeps the Durable Objects; left out, they end with the process
 */
export async function serveWorker(
  bundle: WorkerBundle,
  options: {
    access: Pick<LocalAccess, 'issuer' | 'audience'>
    origin: URL
    secrets: WorkerSecrets
    /** Web origins whose pages may call it. */
    allowedOrigins: readonly string[]
    port?: number
    storage?: string
  },
): Promise<LocalWorker> {
  const config = readWranglerConfig({ config: WORKER_CONFIG })
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      host: '127.0.0.1',
      port: options.port ?? 0,
      handleStructuredLogs({ level, message }) {
        // What is reset complains, each of its requests for itself.
        if (message.includes('abortAllDurableObjects()')) return
        const stream = level === 'error' || level === 'warn' ? process.stderr : process.stdout
        stream.write(`${message}\n`)
      },
      ...(options.storage === undefined ? {} : { resourcePersistencePath: options.storage }),
      workers: [
        {
          name: 'mcpbox',
          modulesRoot: dirname(bundle.script),
          modules: [{ type: 'ESModule', path: bundle.script }],
          compatibilityDate: config.compatibility_date ?? '',
          compatibilityFlags: config.compatibility_flags,
          durableObjects: { SESSIONS: { className: 'McpSession', useSQLite: true } },
          bindings: {
            ACCESS_ISSUER: options.access.issuer,
            ACCESS_AUDIENCES: options.access.audience,
            ORIGIN_URL: options.origin.origin,
            SERVICE_TOKEN: options.secrets.service_token,
            ASSERTION_KEY: options.secrets.assertion_key,
            SESSION_KEY: options.secrets.session_key,
            ALLOWED_ORIGINS: options.allowedOrigins.join(','),
          },
        },
        {
          name: 'reset',
          modules: [{ type: 'ESModule', path: 'reset.js', contents: RESET }],
          compatibilityDate: config.compatibility_date ?? '',
          compatibilityFlags: ['unsafe_module'],
        },
      ],
    }),
  )
  return {
    url: await miniflare.ready,
    async resetSessions() {
      const reset = await miniflare.getWorker('reset')
      await reset.fetch('http://reset/')
    },
    [Symbol.asyncDispose]: () => miniflare.dispose(),
  }
}
