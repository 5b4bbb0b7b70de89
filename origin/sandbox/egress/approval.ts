import { type HostGrant, readHostGrant } from '#contract/host-grant.ts'
import { lineText } from '#contract/manifest.ts'
import { Refused } from './refusal.ts'
import type { Target } from './target.ts'
import type { Withdrawn } from './withdrawn.ts'

/** How a target is covered: by its own name, or by being below a wildcard. */
export type Cover = 'name' | 'wildcard'

/** The strongest way in which grants cover a target, host and port; null when none does. */
export function coverOf(grants: readonly HostGrant[], target: Target): Cover | null {
  const ways = grants.map((grant) => {
    const { port } = readHostGrant(grant)
    return port === target.port || (port === null && isUsualPort(target))
      ? wayTo(grant, target)
      : null
  })
  return ways.includes('name') ? 'name' : (ways.find((way) => way !== null) ?? null)
}

/** The same, refusing with the reason that helps most. */
export function requireCover(grants: readonly HostGrant[], target: Target): Cover {
  const cover = coverOf(grants, target)
  if (cover !== null) return cover
  const { host, port } = target
  if (grants.length === 0) throw new Refused({ reason: 'no_host_approved', host })
  if (grants.some((grant) => wayTo(grant, target) !== null)) {
    throw new Refused({ reason: 'port_not_approved', host, port })
  }
  throw new Refused({ reason: 'host_not_approved', host, approved: grants })
}

/**
 * The same, of what has not been taken back meanwhile. A line that the process itself holds is taken
 * back by leaving it no connection at all.
 */
export function requireStanding(
  grants: readonly HostGrant[],
  withdrawn: Withdrawn,
  target: Target,
): Cover {
  const held = withdrawn.held()
  if (held !== null) throw new Refused({ reason: 'withdrawn', line: held })
  const cover = coverOf(
    grants.filter((grant) => !withdrawn.host(grant)),
    target,
  )
  if (cover !== null) return cover
  requireCover(grants, target)
  const line = lineText({ kind: 'host', value: target.host })
  throw new Refused({ reason: 'withdrawn', line })
}

function wayTo(grant: HostGrant, { host }: Target): Cover | null {
  const granted = readHostGrant(grant)
  if (!granted.subdomains) return granted.host === host ? 'name' : null
  return host.endsWith(`.${granted.host}`) ? 'wildcard' : null
}

/** What a grant without a port means: 443 for https, 80 for http, and not the other way round. */
function isUsualPort({ secure, port }: Target): boolean {
  return port === (secure ? 443 : 80)
}
