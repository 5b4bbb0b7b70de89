import {
  NOTHING_SETTLED,
  type SessionRecord,
  type SessionRecords,
} from '#contract/session-record.ts'

const RECORD_KEY = 'record'

/**
 * The record of the one session that an object hosts: all that it ever writes. It is removed, by
 * the object's alarm, when the id would be refused for its age.
 */
export function storedRecord(
  storage: Pick<DurableObjectStorage, 'kv' | 'setAlarm'>,
): SessionRecords {
  const stored = () => storage.kv.get<SessionRecord>(RECORD_KEY) ?? NOTHING_SETTLED
  async function write(record: SessionRecord, until: number): Promise<void> {
    storage.kv.put(RECORD_KEY, { ...record, ended: record.ended || stored().ended })
    await storage.setAlarm(until)
  }
  return {
    async read() {
      return stored()
    },
    write: (_sessionId, record, until) => write(record, until),
    async change(_sessionId, to, until) {
      const record = stored()
      await write({ ...record, ...to(record) }, until)
    },
  }
}
