/** One of the ways in which Claude Web was seen to speak MCP. */
export interface ClaudeProfile {
  name: string
  /** The first request after signing in. What is not understood is followed by `initialize`. */
  opens: 'server/discover' | 'server/discover without _meta' | 'initialize'
  /** `MCP-Protocol-Version` of requests that are of 2026-07-28 in every other way. */
  modernHeader: '2026-07-28' | '2025-11-25'
  /** What becomes of `Mcp-Session-Id`. */
  session: 'never echoed' | 'pooled' | 'one for each call'
  accept: 'application/json, text/event-stream' | '*/*'
  /** The revision that its next request is of. */
  speaks: '2026-07-28' | '2025-11-25'
}

const BOTH = 'application/json, text/event-stream'
const base = { modernHeader: '2026-07-28', accept: BOTH } as const

/** Each by what it does otherwise than the rest. The id of every request is 1 in all of them. */
export const PROFILES: readonly ClaudeProfile[] = [
  {
    ...base,
    name: 'discovers',
    opens: 'server/discover',
    session: 'never echoed',
    speaks: '2026-07-28',
  },
  {
    ...base,
    name: 'discovers, and keeps the header of the revision before',
    opens: 'server/discover',
    modernHeader: '2025-11-25',
    session: 'never echoed',
    speaks: '2026-07-28',
  },
  {
    ...base,
    name: 'discovers without _meta, and falls back',
    opens: 'server/discover without _meta',
    session: 'never echoed',
    speaks: '2025-11-25',
  },
  {
    ...base,
    name: 'initializes, accepts anything, and never says the id of its session',
    opens: 'initialize',
    session: 'never echoed',
    accept: '*/*',
    speaks: '2025-11-25',
  },
  {
    ...base,
    name: 'shares one session among parallel calls of equal ids',
    opens: 'initialize',
    session: 'pooled',
    speaks: '2025-11-25',
  },
  {
    ...base,
    name: 'opens a session for each call',
    opens: 'initialize',
    session: 'one for each call',
    speaks: '2025-11-25',
  },
]

/** The profile of this name. */
export function profileNamed(name: string): ClaudeProfile {
  const profile = PROFILES.find((one) => one.name === name)
  if (profile === undefined) throw new Error(`there is no profile "${name}"`)
  return profile
}
