import { type IncomingMessage, request } from 'node:http'
import type { Socket } from 'node:net'
import type { Header } from './headers.ts'
import { Refused } from './refusal.ts'
import type { Target } from './target.ts'

/** Largest response head that is read. */
const RESPONSE_HEAD_BYTES = 65_536

const ENCODINGS = 'gzip, deflate, br'

/**
 * One request and the head of its response, over a socket that leads to a checked address. The
 * request names the target's own host, and its length is always explicit (RFC 9112, 6). Upgrades
 * and tunnels are not answered. The socket is used once.
 */
export async function exchange(
  socket: Socket,
  request_: { target: Target; method: string; headers: readonly Header[]; body: Buffer | null },
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { target, method, headers, body } = request_
  const outgoing = request({
    createConnection: () => socket,
    method,
    path: `${target.url.pathname}${target.url.search}`,
    headers: [['host', target.authority], ...headers, ...own(body)].flat(),
    setHost: false,
    maxHeaderSize: RESPONSE_HEAD_BYTES,
    insecureHTTPParser: false,
    signal,
  })
  const answered = Promise.withResolvers<IncomingMessage>()
  outgoing.once('response', answered.resolve)
  // Later faults reach whoever reads the body.
  outgoing.on('error', answered.reject)
  outgoing.once('close', () => answered.reject(new Error('it ended without a response')))
  try {
    outgoing.end(body ?? undefined)
    return await answered.promise
  } catch (error) {
    socket.destroy()
    signal.throwIfAborted()
    const detail = error instanceof Error ? error.message : String(error)
    throw new Refused({ reason: 'upstream_failed', host: target.host, detail })
  }
}

/** What the broker itself says, beside the tool's headers. The length is always explicit. */
function own(body: Buffer | null): Header[] {
  const usual: Header[] = [
    ['accept-encoding', ENCODINGS],
    ['connection', 'close'],
  ]
  return body === null ? usual : [...usual, ['content-length', String(body.length)]]
}
