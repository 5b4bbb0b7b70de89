import {
  NOTHING_SETTLED,
  type SessionRecord,
  type SessionRecords,
} from '#contract/session-record.ts'

const RECORD_KEY = 'record'

/**
 * The record of the one session that an object hosts: all that it ever writes. It is removed, by
 * the object's alarm, when the id would be refused for its age. Rows are what writing costs: the
 * record is one, the alarm another, which is set once; what changes nothing writes nothing.
 */
export function storedRecord(
  storage: Pick<DurableObjectStorage, 'kv' | 'getAlarm' | 'setAlarm'>,
): SessionRecords {
  const stored = () => storage.kv.get<SessionRecord>(RECORD_KEY) ?? NOTHING_SETTLED
  async function write(changed: SessionRecord, until: number): Promise<void> {
    const before = stored()
    const record = { ...changed, ended: changed.ended || before.ended }
    if (isSame(record, before)) return
    storage.kv.put(RECORD_KEY, record)
    if ((await storage.getAlarm()) !== until) await storage.setAlarm(until)
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

function isSame(a: SessionRecord, b: SessionRecord): boolean {
  const facts = ({ ended, level, subscriptions }: SessionRecord) => [ended, level, ...subscriptions]
  return JSON.stringify(facts(a)) === JSON.stringify(facts(b))
}
