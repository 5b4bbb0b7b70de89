import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const HOST = '127.0.0.1'

/** An HTTP server of this machine alone. Disposing it ends its connections. */
export interface LoopbackServer extends AsyncDisposable {
  url: URL
}

export type Listener = (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
) => Promise<unknown> | void

/**
 * A listener that fails breaks the connection off.
 * @param port left out, the system chooses one
 */
export async function openLoopback(listener: Listener, port = 0): Promise<LoopbackServer> {
  const server = createServer((incoming, outgoing) => {
    Promise.resolve(listener(incoming, outgoing)).catch((cause: Error) => outgoing.destroy(cause))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, HOST, resolve)
  })
  return {
    url: new URL(`http://${HOST}:${(server.address() as AddressInfo).port}`),
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
