import { lineText } from '#contract/manifest.ts'
import type { Doer } from '../activity.ts'
import { endedHow, isInForce } from '../grants/term.ts'
import { refuse } from '../refusal.ts'
import type { Stores } from '../stores.ts'
import {
  type Permission,
  type PermissionRequest,
  type Subject,
  subjectInWords,
  subjectName,
} from './permission.ts'
import { placeOf } from './place.ts'

/** Of one server, so that nobody's patience can be asked away. Two who ask at once may pass it by one. */
const MOST_WAITING = 100

/** What came of asking: it waits for a person, or stands permitted already. */
export type Answer =
  | { waits: PermissionRequest; before: Permission | null }
  | { permitted: Permission }

/**
 * Asks a person to permit something. Asking again while the question waits gives the question there is.
 * What a person has rejected stays rejected until one grants it.
 * @throws Refusal server_unknown, tool_unknown, request_rejected, too_many_requests
 */
export async function askPermission(
  stores: Stores,
  asker: Doer,
  subject: Subject,
  justification: string,
): Promise<Answer> {
  const { permissions, activity } = stores
  const place = await placeOf(stores.tools, subject)
  await permissions.lock(place)
  const now = new Date()
  const everywhere = await permissions.about({ ...place, toolId: null })
  const before = await permissions.about(place)
  const permitted = [before, everywhere].find((one) => one !== null && isInForce(one, now))
  if (permitted !== undefined && permitted !== null) return { permitted }

  const waiting = await permissions.waiting(place)
  if (waiting !== null) return { waits: waiting, before }
  const decided = await permissions.lastDecided(place)
  const since = before === null || (decided?.decidedAt ?? now) > before.grantedAt
  if (decided?.state === 'rejected' && since)
    refuse(
      'request_rejected',
      `${decided.decidedBy ?? 'A person'} rejected ${subjectInWords(subject)}: ${decided.reason?.trim().replace(/\.$/, '') ?? 'no reason given'}. Do without it, or ask them to grant it.`,
    )

  if ((await permissions.countWaiting(place.serverId)) >= MOST_WAITING)
    refuse(
      'too_many_requests',
      `${MOST_WAITING} requests for "${subject.server}" wait already; a person decides on those first.`,
    )
  const request = await permissions.ask({
    ...place,
    justification,
    requestedBy: asker.actor,
    client: asker.client,
  })
  await activity.record({
    ...asker,
    action: 'permission.requested',
    subject: subjectName(subject),
    details: { request: request.id, line: lineText(subject) },
  })
  return { waits: request, before }
}

/** What the asker is told of a permission that ended before. */
export function endedBefore(before: Permission | null): string {
  return before === null ? '' : ` It was permitted before: ${endedHow(before)}.`
}
