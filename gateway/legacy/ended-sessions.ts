/** Remembers which sessions a client has ended, for as long as their ids would be good. */
export interface EndedSessions {
  has(sessionId: string): Promise<boolean>
  /** @param until milliseconds since 1970; after that the id is refused by its age alone */
  add(sessionId: string, until: number): Promise<void>
}

/** Tombstones of one process, gone with it. */
export function memoryEndedSessions(now: () => number = Date.now): EndedSessions {
  const until = new Map<string, number>()
  return {
    async has(sessionId) {
      return until.has(sessionId)
    },
    async add(sessionId, expiry) {
      for (const [id, end] of until) if (end <= now()) until.delete(id)
      until.set(sessionId, expiry)
    },
  }
}
