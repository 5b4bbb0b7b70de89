import { isIP } from 'node:net'
import { reachOf } from './address.ts'
import type { Cover } from './approval.ts'
import { isThisMachine, type Network } from './network.ts'
import { Refused } from './refusal.ts'
import type { Target } from './target.ts'

/**
 * The addresses of a target, asked for once and every one of them checked. What connects later
 * uses these and asks nobody again, so an answer that changes (DNS rebinding) changes nothing.
 */
export async function locate(
  { host }: Target,
  cover: Cover,
  network: Pick<Network, 'resolve'>,
  signal: AbortSignal,
): Promise<string[]> {
  const addresses = isIP(host) === 0 ? await resolve(host, network, signal) : [host]
  for (const address of addresses) assertReachable(address, host, cover)
  return addresses
}

/** Throws Refused for an address that no tool may reach, or not by this cover. */
export function assertReachable(address: string, host: string, cover: Cover): void {
  const reach = reachOf(address)
  if (reach === 'never' || isThisMachine(address))
    throw new Refused({ reason: 'address_forbidden', host })
  if (reach === 'private' && cover !== 'name')
    throw new Refused({ reason: 'address_private', host })
}

async function resolve(
  host: string,
  network: Pick<Network, 'resolve'>,
  signal: AbortSignal,
): Promise<string[]> {
  signal.throwIfAborted()
  const { promise: stopped, reject } = Promise.withResolvers<never>()
  const stop = () => reject(signal.reason as Error)
  signal.addEventListener('abort', stop, { once: true })
  const resolved = network.resolve(host).catch(() => [])
  const addresses = await Promise.race([resolved, stopped]).finally(() => {
    signal.removeEventListener('abort', stop)
  })
  if (addresses.length === 0) throw new Refused({ reason: 'name_not_found', host })
  return addresses
}
