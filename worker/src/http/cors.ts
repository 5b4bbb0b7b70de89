import type { Problem } from '#contract/problem.ts'

const METHODS = 'GET, POST, DELETE'
const EXPOSED = 'mcp-session-id, mcp-protocol-version, www-authenticate, retry-after, x-request-id'
const PREFLIGHT_S = 7_200

/** What a page may send (Fetch, CORS): names, for there is no wildcard that covers Authorization. */
const ASKABLE = new Set([
  'accept',
  'authorization',
  'content-type',
  'last-event-id',
  'mcp-method',
  'mcp-name',
  'mcp-protocol-version',
  'mcp-session-id',
])

/** What a web page that calls may do. */
export interface Cors {
  /** The refusal for a page of an origin that is not listed (MCP, basic/transports, security). */
  problem: Problem | null
  /** The answer to a preflight; null for any other request. */
  preflight: () => Response | null
  /** The same answer, which a listed page may read. */
  allow: (response: Response) => Response
}

/**
 * Judges the Origin of a request. A browser says where a page comes from, and only listed places
 * may call. Programs send no Origin and are not asked for one.
 */
export function judgeCors(request: Request, allowed: readonly string[]): Cors {
  const origin = request.headers.get('origin')
  const listed = origin !== null && allowed.includes(origin) ? origin : null
  const problem: Problem | null =
    origin === null || listed !== null
      ? null
      : { code: 'origin_not_allowed', message: 'Pages of this origin may not call MCPbox.' }

  function allow(response: Response): Response {
    const readable = new Response(response.body, response)
    // Answers differ by the origin that asked, even where none was named.
    readable.headers.append('vary', 'origin')
    if (listed === null) return readable
    readable.headers.set('access-control-allow-origin', listed)
    readable.headers.set('access-control-expose-headers', EXPOSED)
    return readable
  }

  function preflight(): Response | null {
    const asked = request.headers.get('access-control-request-method')
    if (request.method !== 'OPTIONS' || asked === null || listed === null) return null
    const headers = {
      'access-control-allow-methods': METHODS,
      'access-control-allow-headers': askedFor(request.headers).join(', '),
      'access-control-max-age': String(PREFLIGHT_S),
    }
    return new Response(null, { status: 204, headers })
  }

  return { problem, preflight, allow }
}

/** Of the headers that a page asks for, those that it may send. */
function askedFor(headers: Headers): string[] {
  return (headers.get('access-control-request-headers') ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => ASKABLE.has(name) || /^mcp-param-[\w-]{1,100}$/.test(name))
}
