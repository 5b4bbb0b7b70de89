import { lookup } from 'node:dns/promises'
import { connect, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'

/** The world outside, as the broker needs it. */
export type Network = {
  /** Addresses of a name, in order of preference; rejects or gives none when there are none. */
  resolve(name: string): Promise<string[]>
  /** Starts a connection to an address that has been checked. Never given a name. */
  connect(address: string, port: number): Socket
  /** Certificates to trust instead of the usual ones, as PEM. */
  trust?: string
}

export const internet: Network = {
  resolve: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
  connect: (host, port) => connect({ host, port }),
}

/** True for an address that this machine itself has, whatever network it belongs to. */
export function isThisMachine(address: string): boolean {
  return Object.values(networkInterfaces()).some((all) =>
    all?.some((one) => one.address === address),
  )
}
