/** What a lease is kept with: the one alarm of an object, which removes all that it stored. */
export type Alarms = Pick<DurableObjectStorage, 'getAlarm' | 'setAlarm'>

/**
 * Lets what an object stored live for `ms` milliseconds more, at least half of them. To set an alarm
 * is to write a row, and to look at it is not (Durable Objects pricing), so that a lease is extended
 * only when less than half of it is left.
 */
export async function extendLease(alarms: Alarms, ms: number): Promise<void> {
  const now = Date.now()
  const until = await alarms.getAlarm()
  if (until === null || until - now < ms / 2) await alarms.setAlarm(now + ms)
}
