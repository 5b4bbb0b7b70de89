import type * as worker from './index.ts'
import type { McpSession } from './session/session-object.ts'

declare global {
  namespace Cloudflare {
    /** What wrangler.toml binds. Vars and secrets may be missing: config.ts judges them. */
    interface Env {
      SESSIONS: DurableObjectNamespace<McpSession>
      ACCESS_ISSUER?: string
      ACCESS_AUDIENCES?: string
      ACCESS_JWKS_URL?: string
      ORIGIN_URL?: string
      ALLOWED_ORIGINS?: string
      SERVICE_TOKEN?: string
      ASSERTION_KEY?: string
      SESSION_KEY?: string
    }

    interface GlobalProps {
      mainModule: typeof worker
      durableNamespaces: 'McpSession'
    }
  }

  interface Env extends Cloudflare.Env {}
}
