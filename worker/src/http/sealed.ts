import { REQUEST_ID_HEADER } from '#contract/assertion.ts'

const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
}

/** What an answer may say in its headers; whatever else found its way into one stays here. */
const TOLD = new Set([
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
  'access-control-expose-headers',
  'access-control-max-age',
  'allow',
  'cache-control',
  'content-security-policy',
  'content-type',
  'location',
  'mcp-protocol-version',
  'mcp-session-id',
  'retry-after',
  'set-cookie',
  'vary',
  'www-authenticate',
  'x-accel-buffering',
  'x-frame-options',
])

/**
 * The same answer with only the headers that are meant for clients, safe to be opened by a browser,
 * never kept by a cache, and with the id under which the logs know it.
 */
export function sealed(response: Response, requestId: string): Response {
  const headers = new Headers()
  for (const [name, value] of response.headers) if (TOLD.has(name)) headers.append(name, value)
  for (const [name, value] of Object.entries(SECURITY_HEADERS))
    if (!headers.has(name)) headers.set(name, value)
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store')
  headers.set(REQUEST_ID_HEADER, requestId)
  const { body, status, statusText } = response
  return new Response(body, { status, statusText, headers })
}
