import type { Config } from './config.ts'
import type * as worker from './index.ts'
import type { EdgeMemory } from './memory/edge-memory.ts'
import type { WaitingCalls } from './queue/waiting-calls.ts'
import type { RateBudget } from './rate/rate-budget.ts'
import type { McpSession } from './session/session-object.ts'

declare global {
  namespace Cloudflare {
    /**
     * What wrangler.toml binds. A deployment adds its variables, secrets and bindings, of which the
     * code knows nothing but what {@link Config} makes of them.
     */
    interface Env {
      SESSIONS: DurableObjectNamespace<McpSession>
      EDGE_MEMORY: DurableObjectNamespace<EdgeMemory>
      RATE_BUDGETS: DurableObjectNamespace<RateBudget>
      WAITING_CALLS: DurableObjectNamespace<WaitingCalls>
      STRANGERS: RateLimit
    }

    interface GlobalProps {
      mainModule: typeof worker
      durableNamespaces: 'McpSession' | 'EdgeMemory' | 'RateBudget' | 'WaitingCalls'
    }
  }

  interface Env extends Cloudflare.Env {}
}
