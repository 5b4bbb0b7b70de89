import { exchange } from './wire.ts'

/** Statuses that have no body (Fetch standard, "null body status"). */
const BODILESS = new Set([101, 103, 204, 205, 304])

/**
 * The `fetch` of a tool: that of the standard, by way of the broker, which reaches the hosts of the
 * manifest and no other. Bodies are whole on both ways. A text goes out as it is written, so that
 * `{{secret:NAME}}` in it is seen.
 */
export async function brokeredFetch(
  input: string | URL | Request,
  init?: RequestInit,
): Promise<Response> {
  const request = new Request(input, init)
  const body = request.body === null ? null : Buffer.from(await request.arrayBuffer())
  const headers = [...request.headers]
  if (!request.headers.has('user-agent')) headers.push(['user-agent', 'mcpbox'])
  const url = typeof input === 'string' ? input : request.url
  const follow = request.redirect === 'follow'
  const answer = await exchange(
    { method: request.method, url, headers, body, follow },
    request.signal,
  )
  const { status } = answer
  if (request.redirect === 'error' && status >= 300 && status < 400) {
    throw new TypeError(`${request.url} answered with a redirect`)
  }
  const content = BODILESS.has(status) ? null : new Uint8Array(answer.body)
  const response = new Response(content, { status, headers: answer.headers })
  Object.defineProperty(response, 'url', { value: answer.url })
  return response
}
