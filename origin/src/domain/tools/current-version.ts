import type { Version } from './version.ts'

/**
 * The version that its author goes on from: the newest, or, when that was left behind by going back
 * to an earlier one, the live one.
 * @param versions of one tool, newest first
 */
export function currentVersion(versions: readonly Version[]): Version {
  const [newest] = versions
  if (newest === undefined) throw new Error('a tool has no version')
  const live = versions.find(({ state }) => state === 'live')
  return newest.state === 'archived' ? (live ?? newest) : newest
}
