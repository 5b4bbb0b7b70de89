import { dirname } from 'node:path'
import { convertV4MiniflareOptions, fetch, Miniflare, Response, type Request } from 'miniflare'
import type { WorkerSecrets } from '#contract/admin-api.ts'
import { varsOf } from '../deploy/worker/vars.ts'
import { authSecrets, authVars, type WorkerAuth } from './worker-auth.ts'
import type { ServiceToken } from '../../test/access-team/service-tokens.ts'
import type { WorkerBundle } from './worker-bundle.ts'
import { wranglerSettings } from './wrangler-settings.ts'

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
   * Drops every Durable Object from memory, in the middle of what it does, as a deploy does: what it
   * had stored stays.
   */
  resetObjects(): Promise<void>
}

export type LocalWorkerOptions = WorkerAuth & {
  origin: URL
  secrets: WorkerSecrets
  /** Where clients reach it: its own address, or that of what stands in front of it. */
  publicUrl: URL
  /** Web origins whose pages may call it. */
  allowedOrigins: readonly string[]
  /** Requests in a minute, of one principal and of one stranger; as deployed unless given. */
  ratePerMinute?: number
  /** The Workers VPC service that is bound, or what Access before the origin asks for; else neither. */
  through?: 'service' | ServiceToken
  /** True where only what is wrong is worth a line. */
  isQuiet?: boolean
  port?: number
  /** Folder that keeps the Durable Objects; left out, they end with the process. */
  storage?: string
  /** JSON documents of the internet, by their address, that this machine cannot ask for. */
  internet?: ReadonlyMap<string, object>
}

/** Serves a Worker bundle with the settings of wrangler.toml, and these. */
export async function serveWorker(
  bundle: WorkerBundle,
  options: LocalWorkerOptions,
): Promise<LocalWorker> {
  const { internet, storage } = options
  const worker = workerOptions(bundle, options)
  const { compatibilityDate } = worker
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      host: '127.0.0.1',
      port: options.port ?? 0,
      handleStructuredLogs({ level, message }) {
        // What is reset complains, each of its requests for itself.
        if (message.includes('abortAllDurableObjects()')) return
        const isFault = level === 'error' || level === 'warn'
        if (isFault) process.stderr.write(`${message}\n`)
        else if (options.isQuiet !== true) process.stdout.write(`${message}\n`)
      },
      ...(storage !== undefined && { resourcePersistencePath: storage }),
      workers: [
        { ...worker, ...(internet !== undefined && { outboundService: outside(internet) }) },
        {
          name: 'reset',
          modules: [{ type: 'ESModule', path: 'reset.js', contents: RESET }],
          compatibilityDate,
          compatibilityFlags: ['unsafe_module'],
        },
      ],
    }),
  )
  return {
    url: await miniflare.ready,
    async resetObjects() {
      const reset = await miniflare.getWorker('reset')
      await reset.fetch('http://reset/')
    },
    [Symbol.asyncDispose]: () => miniflare.dispose(),
  }
}

/** A Worker bundle with the settings of wrangler.toml, and these, for Miniflare. */
export function workerOptions(bundle: WorkerBundle, options: LocalWorkerOptions) {
  const { ratePerMinute, secrets } = options
  return {
    name: 'mcpbox',
    modulesRoot: dirname(bundle.script),
    modules: [{ type: 'ESModule' as const, path: bundle.script }],
    ...wranglerSettings(ratePerMinute),
    ...('oidc' in options && { kvNamespaces: ['OAUTH_KV'] }),
    ...(options.through === 'service' && {
      serviceBindings: { ORIGIN: { external: { address: options.origin.host, http: {} } } },
    }),
    bindings: {
      ...varsOf({
        publicUrl: options.publicUrl.origin,
        originUrl: options.through === 'service' ? 'http://mcpbox-origin' : options.origin.origin,
        allowedOrigins: options.allowedOrigins,
        ratePerMinute: ratePerMinute ?? null,
        auth: authVars(options),
      }),
      ...authSecrets(options),
      ...doorSecrets(options.through),
      SERVICE_TOKEN: secrets.service_token,
      ASSERTION_KEY: secrets.assertion_key,
      SESSION_KEY: secrets.session_key,
    },
  }
}

/** What Access before the origin asks for. */
function doorSecrets(through: LocalWorkerOptions['through']): Record<string, string> {
  if (through === undefined || through === 'service') return {}
  return {
    ORIGIN_ACCESS_CLIENT_ID: through.clientId,
    ORIGIN_ACCESS_CLIENT_SECRET: through.clientSecret,
  }
}

/** Everything that is not among these documents is asked for as usual. */
function outside(internet: ReadonlyMap<string, object>) {
  return (request: Request) => {
    const document = internet.get(request.url)
    return document === undefined ? fetch(request) : Response.json(document)
  }
}
