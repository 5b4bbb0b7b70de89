import { listen } from '../listen.ts'
import type { Door } from '../http/door.ts'

/** A door behind a real HTTP server on loopback. */
export async function listening(door: Door): Promise<{ url: URL } & AsyncDisposable> {
  const server = await listen(door, '127.0.0.1', 0)
  return {
    url: new URL(`http://127.0.0.1:${server.port}`),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
