import { env } from 'cloudflare:workers'
import { isolate } from '../src/isolate.ts'
import { OAUTH_BINDINGS } from './oauth-bindings.ts'
import { TEST_BINDINGS } from './test-bindings.ts'

export const WORKER = TEST_BINDINGS.PUBLIC_URL
export const MCP = `${WORKER}/mcp`

/** What the Worker keeps its grants in. */
export const kv: KVNamespace = Reflect.get(env, 'OAUTH_KV')

/** Asks the whole Worker, in `AUTH_MODE=oauth`, each time from another address. */
export function toWorker(url: string | URL, init?: RequestInit): Promise<Response> {
  const request = new Request(url, { redirect: 'manual', ...init })
  request.headers.set('cf-connecting-ip', crypto.randomUUID())
  return isolate.appOf({ ...env, ...OAUTH_BINDINGS }).fetch(request)
}
