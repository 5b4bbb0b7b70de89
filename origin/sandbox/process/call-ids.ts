/**
 * Users and groups of calls when the supervisor is root. Unassigned by the conventions for Linux
 * systems (systemd, UIDS-GIDS: 60578 to 61183), and below 65536, so that they exist in containers
 * with a mapped range.
 */
export const FIRST_CALL_ID = 60_578
export const CALL_IDS = 422

export type CallIds = {
  /** An id that nobody has until it is given back; null when there is none. */
  take(): number | null
  giveBack(id: number): void
}

/** A supply of ids. The one that was given back the longest ago is the next. */
export function callIds(first: number, count: number): CallIds {
  const free = new Set(Array.from({ length: count }, (_, at) => first + at))
  return {
    take() {
      const [next] = free
      if (next === undefined) return null
      free.delete(next)
      return next
    },
    giveBack: (id) => void free.add(id),
  }
}

/** The ids are the machine's, so all fork servers of a process share one supply. */
export const CALL_ID_SUPPLY = callIds(FIRST_CALL_ID, CALL_IDS)
