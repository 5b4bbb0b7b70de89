import { readText } from '#gateway/wire/read-text.ts'

/** Far above any form or registration that a client has a reason to send, in bytes. */
const MOST_BYTES = 64 * 1024

export type WholeRequest = { ok: true; request: Request } | { ok: false; refusal: Response }

/** The same request with its body read, which must be UTF-8 and of bounded size. */
export async function wholeRequest(request: Request): Promise<WholeRequest> {
  if (request.body === null) return { ok: true, request }
  const read = await readText(request, MOST_BYTES)
  if (!read.ok) return { ok: false, refusal: REFUSALS[read.code]() }
  const { url, method } = request
  const headers = new Headers(request.headers)
  headers.delete('content-length')
  return { ok: true, request: new Request(url, { method, headers, body: read.text }) }
}

const REFUSALS = {
  body_too_large: () => refuse(413, 'The request is too large.'),
  malformed_utf8: () => refuse(400, 'The request is not UTF-8.'),
}

/** RFC 6749 §5.2, and RFC 7591 §3.2.2 alike. */
function refuse(status: number, description: string): Response {
  return Response.json({ error: 'invalid_request', error_description: description }, { status })
}
