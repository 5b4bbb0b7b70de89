import { dial } from './dial.ts'
import { exchange } from './exchange.ts'
import { locate } from './locate.ts'
import type { Network } from './network.ts'
import type { Way } from './way.ts'

/** Requests are answered by the hosts that they name, over connections to checked addresses. */
export function overNetwork(network: Network): Way {
  return {
    async carry({ target, cover, method, headers, body }, leaving, signal) {
      const addresses = await locate(target, cover, network, signal)
      const socket = await dial(target, addresses, network, signal)
      leaving()
      const response = await exchange(socket, { target, method, headers, body }, signal)
      return {
        status: response.statusCode ?? 0,
        rawHeaders: response.rawHeaders,
        location: response.headers.location ?? null,
        encoding: response.headers['content-encoding'] ?? null,
        body: response,
        close: () => void socket.destroy(),
      }
    },
  }
}
