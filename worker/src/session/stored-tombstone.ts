import type { EndedSessions } from '#gateway/legacy/ended-sessions.ts'

const ENDED_KEY = 'ended'

/**
 * The tombstone of the one session that an object hosts: all that it ever writes. It is removed,
 * by the object's alarm, when the id would be refused for its age.
 */
export function storedTombstone(
  storage: Pick<DurableObjectStorage, 'kv' | 'setAlarm'>,
): EndedSessions {
  return {
    async has() {
      return storage.kv.get(ENDED_KEY) === true
    },
    async add(_sessionId, until) {
      storage.kv.put(ENDED_KEY, true)
      await storage.setAlarm(until)
    },
  }
}
