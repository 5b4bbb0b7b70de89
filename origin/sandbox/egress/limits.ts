/** What one call may do over the network. */
export type EgressLimits = {
  /** A body, each way, after decompression as well. */
  bodyBytes: number
  /** Request bodies of one call that are held at the same time. */
  heldBytes: number
  headBytes: number
  headers: number
  urlChars: number
  redirects: number
  /** Requests under way, and waiting for a place. */
  atOnce: number
  waiting: number
  /** Requests of one call; a redirect counts as one. */
  requests: number
  /** Bytes said to the child that the kernel has not taken yet, before an upstream is paused. */
  unsentBytes: number
}

export const EGRESS_LIMITS: EgressLimits = {
  bodyBytes: 10_000_000,
  heldBytes: 20_000_000,
  headBytes: 32_768,
  headers: 100,
  urlChars: 8_192,
  redirects: 5,
  atOnce: 8,
  waiting: 200,
  requests: 1_000,
  unsentBytes: 262_144,
}
