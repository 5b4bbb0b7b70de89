import {
  NOTHING_SETTLED,
  type SessionRecord,
  type SessionRecords,
} from '#contract/session-record.ts'

/** Records of one process, gone with it. */
export function memorySessionRecords(now: () => number = Date.now): SessionRecords {
  const kept = new Map<string, { record: SessionRecord; until: number }>()
  return {
    async read(sessionId) {
      return kept.get(sessionId)?.record ?? NOTHING_SETTLED
    },
    async write(sessionId, record, until) {
      for (const [id, old] of kept) if (old.until <= now()) kept.delete(id)
      const ended = record.ended || (kept.get(sessionId)?.record.ended ?? false)
      kept.set(sessionId, { record: { ...record, ended }, until })
    },
  }
}
