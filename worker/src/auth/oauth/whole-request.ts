import { readText } from '#gateway/wire/read-text.ts'

/** Far above any form or registration that a client has a reason to send, in bytes. */
const MOST_BYTES = 64 * 1024

/** The same request with a body of bounded size, which is read; null for one that is larger. */
export async function wholeRequest(request: Request): Promise<Request | null> {
  if (request.body === null) return request
  const read = await readText(request, MOST_BYTES)
  if (!read.ok) return null
  const { url, method, headers } = request
  return new Request(url, { method, headers, body: read.text })
}
