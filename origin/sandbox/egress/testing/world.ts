import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import type { Network } from '../network.ts'
import { certificate } from './certificate.ts'

/** A small internet on this machine: real servers, pretended names and addresses. */
export type World = AsyncDisposable & {
  network: Network
  /** Names that were asked for, in order. */
  asked: string[]
  /** Where connections went, as `address:port`. */
  dialled: string[]
  /** The next answers for a name, one after the other; the last one stays. */
  answer(name: string, ...answers: string[][]): void
}

/**
 * Each site has a public address of its own, where its server answers on every port: with TLS on
 * those that end in 443, without on the others.
 */
export async function world(sites: Record<string, RequestListener>): Promise<World> {
  const places = new Map<string, { plain: number; secure: number }>()
  const answers = new Map<string, string[][]>()
  const asked: string[] = []
  const dialled: string[] = []
  const servers = await Promise.all(
    Object.entries(sites).map(async ([name, listener], at) => {
      const address = addressOf(at)
      const plain = createServer(listener).listen(0, '127.0.0.1')
      const secure = createTlsServer(certificate, listener).listen(0, '127.0.0.1')
      await Promise.all([once(plain, 'listening'), once(secure, 'listening')])
      places.set(address, { plain: portOf(plain.address()), secure: portOf(secure.address()) })
      answers.set(name, [[address]])
      return [plain, secure]
    }),
  )
  return {
    asked,
    dialled,
    answer: (name, ...list) => answers.set(name, list),
    network: {
      trust: certificate.cert,
      async resolve(name) {
        asked.push(name)
        const list = answers.get(name) ?? []
        return (list.length > 1 ? list.shift() : list[0]) ?? []
      },
      connect(address, port) {
        dialled.push(`${address}:${port}`)
        const place = places.get(address)
        const real = String(port).endsWith('443') ? place?.secure : place?.plain
        // Port 1 of this machine: nobody listens there.
        return connect(real ?? 1, '127.0.0.1')
      },
    },
    async [Symbol.asyncDispose]() {
      for (const server of servers.flat()) {
        server.close()
        server.closeAllConnections()
      }
      await Promise.all(servers.flat().map((server) => once(server, 'close')))
    },
  }
}

/** The address of the site with this number, from 0. */
export function addressOf(site: number): string {
  return `93.184.216.${34 + site}`
}

function portOf(address: string | AddressInfo | null): number {
  return (address as AddressInfo).port
}
