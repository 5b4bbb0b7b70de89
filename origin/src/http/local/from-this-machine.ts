import { isIP } from 'node:net'
import type { Context } from 'hono'
import { refuse } from '../../domain/refusal.ts'
import type { DoorEnv } from '../door.ts'

/** What proxies and tunnels add; behind one, everybody has this machine's address. */
const FORWARDED = /^(?:forwarded|via|x-forwarded-.+|x-real-ip|cf-.+)$/

/**
 * Lets in only what a program on this machine sent itself.
 * @throws Refusal unauthenticated
 */
export function assertFromThisMachine(c: Context<DoorEnv>): void {
  if (!isLoopback(c.env.incoming.socket.remoteAddress))
    refuse('unauthenticated', 'Only programs on this machine are let in here.')
  if ([...c.req.raw.headers.keys()].some((name) => FORWARDED.test(name)))
    refuse(
      'unauthenticated',
      'This came through a proxy; only programs on this machine are let in here.',
    )
}

function isLoopback(address: string | undefined): boolean {
  if (address === undefined || isIP(address) === 0) return false
  return address === '::1' || /^(::ffff:)?127\./.test(address)
}
