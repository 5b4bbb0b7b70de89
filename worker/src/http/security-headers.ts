const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
}

/** The same answer, safe to be opened by a browser and never kept by a cache. */
export function withSecurityHeaders(response: Response): Response {
  const safe = new Response(response.body, response)
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) safe.headers.set(name, value)
  if (!safe.headers.has('cache-control')) safe.headers.set('cache-control', 'no-store')
  return safe
}
