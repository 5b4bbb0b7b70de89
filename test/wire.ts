import type { Gateway } from '#gateway/gateway.ts'

/**
 * MCP at an address, without a library: requests go there as they are, whoever is signed in there.
 * @param leaving closes the connections of all of them
 */
export function wireTo(base: URL, leaving?: AbortSignal): Gateway {
  return {
    async handle(request) {
      const { method, headers } = request
      const body = request.body === null ? null : await request.text()
      return fetch(new URL('/mcp', base), { method, headers, body, signal: leaving ?? null })
    },
  }
}
