import type { GrantedLine } from '../grants/grant.ts'
import { isInForce } from '../grants/term.ts'
import type { Permission } from './permission.ts'

/**
 * Standing permissions as lines. Of two about the same line, a tool's own and its server's, that one counts
 * which lasts longer. A line is permitted as it is written and in no other way: `*.example.com` does
 * not permit `api.example.com`, which by its name may lead into a private network.
 */
export function permittedLines(permissions: readonly Permission[], now: Date): GrantedLine[] {
  const lines = new Map<string, GrantedLine>()
  for (const { kind, value, expiresAt, revoked } of permissions) {
    const line = { kind, value, expiresAt, revoked }
    const key = `${kind} ${value}`
    const known = lines.get(key)
    if (known === undefined || lasts(line, now) > lasts(known, now)) lines.set(key, line)
  }
  return [...lines.values()]
}

/** When it ends, as a number to compare. */
function lasts(line: GrantedLine, now: Date): number {
  if (!isInForce(line, now)) return -Infinity
  return line.expiresAt?.getTime() ?? Infinity
}
