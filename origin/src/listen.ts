import { createAdaptorServer, type WebSocketServerLike } from '@hono/node-server'
import { WebSocketServer } from 'ws'
import type { Door } from './http/door.ts'

/** A listening door. Disposing it ends its connections. */
export interface Listening extends AsyncDisposable {
  port: number
}

/** Bytes of a WebSocket message; nobody has anything to say on ours. */
const MOST_TAKEN = 1_024

function isWebSocket(protocol: string | undefined): boolean {
  return protocol?.toLowerCase() === 'websocket'
}

/** @throws with the address when it cannot be listened at. */
export async function listen(door: Door, hostname: string, port: number): Promise<Listening> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MOST_TAKEN })
  const server = createAdaptorServer({
    fetch: door.fetch,
    hostname,
    // The adapter's type knows an older form of those of `ws`, which it is made for.
    websocket: { server: sockets as unknown as WebSocketServerLike },
    // Whatever else asks for another protocol is answered in this one (RFC 9110 §7.8).
    serverOptions: { shouldUpgradeCallback: ({ headers }) => isWebSocket(headers.upgrade) },
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (fault: NodeJS.ErrnoException) =>
      reject(
        fault.code === 'EADDRINUSE'
          ? new Error(`Something else listens at ${hostname}:${port} already.`)
          : fault,
      ),
    )
    server.listen(port, hostname, resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port to listen at')
  return {
    port: address.port,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        for (const socket of sockets.clients) socket.terminate()
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      }),
  }
}
