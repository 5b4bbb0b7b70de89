import {
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'

/**
 * Sends a request on as it came, but for its headers, and streams the answer back as it comes. When
 * nobody answers it says 502; an answer that breaks off breaks off towards the asker too.
 */
export function passOn(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  upstream: URL | null,
  headers: IncomingHttpHeaders,
): void {
  const onward = httpRequest(
    {
      hostname: upstream?.hostname,
      port: upstream?.port,
      path: incoming.url,
      method: incoming.method,
      headers,
    },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
      answer.on('error', () => outgoing.destroy())
    },
  )
  onward.on('error', () => {
    if (!outgoing.headersSent) outgoing.writeHead(502)
    outgoing.end()
  })
  outgoing.on('close', () => onward.destroy())
  incoming.pipe(onward)
}
