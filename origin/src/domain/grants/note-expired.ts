import { lineText } from '#contract/manifest.ts'
import { wireName } from '#contract/names.ts'
import { UNSEEN } from '../activity.ts'
import type { Within } from '../stores.ts'

/** Who notes what happens by itself. */
const CLOCK = { actor: 'housekeeping', ...UNSEEN }

/**
 * Records, once, of each line and each permission whose time is over that it is. They have ended before,
 * by themselves: this tells it.
 */
export function noteExpired(within: Within, now: Date = new Date()): Promise<number> {
  return within(async ({ grants, permissions, activity }) => {
    const ended = await grants.takeExpired(now)
    for (const grant of ended)
      await activity.record({
        ...CLOCK,
        action: 'grant.expired',
        subject: wireName(grant.server, grant.tool),
        details: {
          grant: grant.id,
          line: lineText(grant),
          hash: grant.version.hash,
          expired_at: grant.expiresAt?.toISOString() ?? null,
        },
      })
    const lapsed = await permissions.takeExpired(now)
    for (const permission of lapsed)
      await activity.record({
        ...CLOCK,
        action: 'permission.expired',
        subject:
          permission.tool === null
            ? permission.server
            : wireName(permission.server, permission.tool),
        details: {
          permission: permission.id,
          line: lineText(permission),
          expired_at: permission.expiresAt?.toISOString() ?? null,
        },
      })
    return ended.length + lapsed.length
  })
}
