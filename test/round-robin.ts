import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * Hands each request to the next upstream, as a tunnel with several connectors does, and passes
 * over those that refuse the connection. A broken answer breaks towards the asker.
 */
export interface RoundRobin extends AsyncDisposable {
  url: URL
  /** Upstreams in the order in which they were given requests that began with this path. */
  served(path: string): URL[]
}

export async function startRoundRobin(upstreams: readonly URL[]): Promise<RoundRobin> {
  const log: { path: string; upstream: URL }[] = []
  let turn = 0

  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => tryNext(Buffer.concat(chunks), upstreams.length))

    function tryNext(body: Buffer, left: number): void {
      const upstream = upstreams[turn++ % upstreams.length]
      if (upstream === undefined || left === 0) {
        outgoing.writeHead(502).end()
        return
      }
      let answered = false
      const { hostname, port } = upstream
      const { method, headers, url: path } = incoming
      const onward = httpRequest({ hostname, port, method, headers, path }, (answer) => {
        answered = true
        log.push({ path: path ?? '', upstream })
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.on('data', (chunk) => outgoing.write(chunk))
        answer.on('end', () => outgoing.end())
        answer.on('error', () => outgoing.destroy())
      })
      onward.on('error', () => {
        if (!answered) tryNext(body, left - 1)
      })
      outgoing.on('close', () => onward.destroy())
      onward.end(body)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    served: (path) =>
      log.filter((entry) => entry.path.startsWith(path)).map((entry) => entry.upstream),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
