import { isolate } from './isolate.ts'

export { EdgeMemory } from './memory/edge-memory.ts'
export { WaitingCalls } from './queue/waiting-calls.ts'
export { RateBudget } from './rate/rate-budget.ts'
export { McpSession } from './session/session-object.ts'

export default {
  fetch: (request, env) => isolate.appOf(env).fetch(request),
} satisfies ExportedHandler<Env>
