import type { Principal } from '#contract/principal.ts'
import type { Gateway } from '../gateway.ts'
import { ENDPOINT, initialize, post } from './posts.ts'

/** A client's side of one legacy session. */
export interface Session {
  id: string
  post(body: unknown, headers?: Record<string, string>): Promise<Response>
  get(headers?: Record<string, string>): Promise<Response>
  end(): Promise<Response>
}

/** Initializes a session as a client does. */
export async function openSession(
  gateway: Gateway,
  principal: Principal,
  capabilities: object = {},
): Promise<Session> {
  const response = await gateway.handle(post(initialize('2025-11-25', capabilities)), principal)
  const id = response.headers.get('mcp-session-id')
  if (id === null) throw new Error(`No session: ${await response.text()}`)
  await response.body?.cancel()
  return sessionOf(id, gateway, principal)
}

/** A session by its id, at whichever gateway. */
export function sessionOf(id: string, gateway: Gateway, principal: Principal): Session {
  const named = { 'mcp-session-id': id }
  return {
    id,
    post: (body, headers) => gateway.handle(post(body, { ...named, ...headers }), principal),
    get: (headers) =>
      gateway.handle(new Request(ENDPOINT, { headers: { ...named, ...headers } }), principal),
    end: () =>
      gateway.handle(new Request(ENDPOINT, { method: 'DELETE', headers: named }), principal),
  }
}
