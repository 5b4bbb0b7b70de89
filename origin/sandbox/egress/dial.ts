import { once } from 'node:events'
import { isIP, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { Network } from './network.ts'
import { Refused } from './refusal.ts'
import type { Target } from './target.ts'

/** How long one of several addresses may take before the next is tried. */
const PATIENCE_MS = 10_000

/**
 * Connects to the first of the checked addresses that answers. For https the certificate must be
 * valid for the name in the URL (RFC 9110, 4.3.4), whatever the address. The caller owns the socket.
 */
export async function dial(
  target: Target,
  addresses: readonly string[],
  network: Network,
  signal: AbortSignal,
): Promise<Socket> {
  const { host } = target
  let detail = 'no address'
  for (const address of addresses) {
    const socket = network.connect(address, target.port)
    try {
      const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
      await settled(socket, 'connect', patience)
      return target.secure ? await secured(socket, target, network, patience) : socket
    } catch (error) {
      socket.destroy()
      signal.throwIfAborted()
      if (error instanceof Refused) throw error
      detail = messageOf(error)
    }
  }
  throw new Refused({ reason: 'connect_failed', host, detail })
}

async function secured(
  socket: Socket,
  { host }: Target,
  { trust }: Network,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const secure = connectTls({
    socket,
    host,
    servername: isIP(host) === 0 ? host : '',
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: true,
    ...(trust === undefined ? {} : { ca: trust }),
  })
  try {
    await settled(secure, 'secureConnect', signal)
    return secure
  } catch (error) {
    secure.destroy()
    signal.throwIfAborted()
    throw new Refused({ reason: 'tls_failed', host, detail: messageOf(error) })
  }
}

async function settled(socket: Socket, event: string, signal: AbortSignal): Promise<void> {
  // Between here and the HTTP client nobody else listens, and an unheard error ends the process.
  // Whoever uses the socket next finds it destroyed.
  socket.on('error', () => socket.destroy())
  await once(socket, event, { signal })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
