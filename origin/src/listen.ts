import { createAdaptorServer } from '@hono/node-server'
import type { Door } from './http/door.ts'

/** A listening door. Disposing it ends its connections. */
export interface Listening extends AsyncDisposable {
  port: number
}

/** @throws with the address when it cannot be listened at. */
export async function listen(door: Door, hostname: string, port: number): Promise<Listening> {
  const server = createAdaptorServer({ fetch: door.fetch, hostname })
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
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      }),
  }
}
