import { isIP } from 'node:net'
import type { Context } from 'hono'
import { refuse } from '../../domain/refusal.ts'
import type { DoorEnv } from '../door.ts'

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]']

/** Host names by which this machine may be addressed and from whose pages it may be called. */
export function localNames(allowedHosts: readonly string[]): ReadonlySet<string> {
  return new Set([...LOOPBACK_NAMES, ...allowedHosts.map((host) => host.toLowerCase())])
}

/**
 * Lets in only what comes from this machine, addressed as this machine, and not from a web page of
 * somewhere else (DNS rebinding; MCP 2025-11-25, transports, security warning).
 * @throws Refusal unauthenticated, host_not_allowed, origin_not_allowed
 */
export function assertLocalCaller(c: Context<DoorEnv>, names: ReadonlySet<string>): void {
  if (!isLoopback(c.env.incoming.socket.remoteAddress))
    refuse('unauthenticated', 'Only programs on this machine are let in here.')
  assertAddressedAs(c, names)
}

/** @throws Refusal host_not_allowed, origin_not_allowed */
export function assertAddressedAs(c: Context<DoorEnv>, names: ReadonlySet<string>): void {
  if (!names.has(hostName(`http://${c.req.header('host') ?? ''}`)))
    refuse('host_not_allowed', 'This machine is not known by that name; see MCPBOX_ALLOWED_HOSTS.')
  const origin = c.req.header('origin')
  if (origin !== undefined && !names.has(hostName(origin)))
    refuse('origin_not_allowed', 'Pages of that origin may not call this machine.')
}

function hostName(url: string): string {
  return URL.parse(url)?.hostname ?? ''
}

function isLoopback(address: string | undefined): boolean {
  if (address === undefined || isIP(address) === 0) return false
  return address === '::1' || /^(::ffff:)?127\./.test(address)
}
