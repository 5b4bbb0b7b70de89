import type { Context } from 'hono'
import { refuse } from '../domain/refusal.ts'
import type { DoorEnv } from './door.ts'

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]']

/** Host names by which this machine may be addressed and from whose pages it may be called. */
export function localNames(allowedHosts: readonly string[]): ReadonlySet<string> {
  return new Set([...LOOPBACK_NAMES, ...allowedHosts.map((host) => host.toLowerCase())])
}

/**
 * Checks that a request means this machine and does not come from a web page of somewhere else (DNS
 * rebinding; MCP 2025-11-25, transports, security warning).
 * @throws Refusal host_not_allowed, origin_not_allowed
 */
export function assertAddressedAs(c: Context<DoorEnv>, names: ReadonlySet<string>): void {
  if (!names.has(hostName(`http://${c.req.header('host') ?? ''}`)))
    refuse('host_not_allowed', 'This machine is not known by that name; see MCPBOX_ALLOWED_HOSTS.')
  const origin = c.req.header('origin')
  if (origin !== undefined && !names.has(hostName(origin)))
    refuse('origin_not_allowed', 'Pages of that origin may not call this machine.')
}

/**
 * Refuses what a page of another site makes a browser send without being asked by a person, such as
 * an image: it would use up the budget of whoever sits there (W3C, Fetch Metadata Request Headers).
 * @throws Refusal origin_not_allowed
 */
export function assertNotByAnotherSite(c: Context<DoorEnv>): void {
  const isAnothers = c.req.header('sec-fetch-site') === 'cross-site'
  if (isAnothers && c.req.header('sec-fetch-mode') !== 'navigate')
    refuse('origin_not_allowed', 'Pages of other sites may not call this machine.')
}

function hostName(url: string): string {
  return URL.parse(url)?.hostname ?? ''
}
