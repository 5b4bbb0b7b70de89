import {
  NOTHING_SETTLED,
  type SessionRecord,
  type SessionRecords,
} from '#contract/session-record.ts'

/** Records of one process, gone with it. */
export function memorySessionRecords(now: () => number = Date.now): SessionRecords {
  const kept = new Map<string, { record: SessionRecord; until: number }>()
  const read = (sessionId: string) => kept.get(sessionId)?.record ?? NOTHING_SETTLED
  function write(sessionId: string, record: SessionRecord, until: number): void {
    for (const [id, old] of kept) if (old.until <= now()) kept.delete(id)
    const ended = record.ended || read(sessionId).ended
    kept.set(sessionId, { record: { ...record, ended }, until })
  }
  return {
    async read(sessionId) {
      return read(sessionId)
    },
    async write(sessionId, record, until) {
      write(sessionId, record, until)
    },
    async change(sessionId, to, until) {
      const record = read(sessionId)
      write(sessionId, { ...record, ...to(record) }, until)
    },
  }
}
