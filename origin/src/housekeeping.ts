import { MAX_QUEUED_MS } from '#contract/limits.ts'
import { settingValue, type SettingDefaults } from './domain/admin-settings.ts'
import type { Stores } from './domain/stores.ts'
import type { Db } from './storage/database.ts'
import { endOlderThan } from './storage/retention.ts'

/**
 * How long the events of a finished operation can be asked for again. Longer than a call waits in a
 * queue: it may have been here before it was queued, and must be known when it comes again.
 */
export const FINISHED_KEPT_MS = MAX_QUEUED_MS + 3600 * 1000
/** Longer than the minute that is counted, whatever the clocks of replicas say. */
export const RATE_KEPT_MS = 3600 * 1000
const EVERY_MS = 60_000

const DAY_MS = 24 * 3600 * 1000

/** Ends activity and executions that are older than `log_retention_days` says, as it is now. */
export async function endOldLogs(
  db: Db,
  { settings }: Pick<Stores, 'settings'>,
  defaults: Pick<SettingDefaults, 'log_retention_days'>,
) {
  const { value: days } = await settingValue(settings, defaults, 'log_retention_days')
  return endOlderThan(db, new Date(Date.now() - days * DAY_MS))
}

/** Runs the given clean-ups once a minute. */
export function housekeeping(
  cleanups: readonly (() => Promise<unknown>)[],
  onFault: (fault: unknown) => void,
): Disposable {
  const timer = setInterval(() => {
    for (const cleanup of cleanups) cleanup().catch(onFault)
  }, EVERY_MS).unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
