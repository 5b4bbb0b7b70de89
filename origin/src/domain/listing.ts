/** What of all that there is stands in the list of tools; the rest is found by searching. */
export interface Listing {
  /** `core`: the tools of MCPbox that writing and calling others needs. `full`: all of them. */
  management: 'core' | 'full'
  /** With more live tools than this none of them is listed. */
  mostTools: number
}

/**
 * Searching costs a turn, listing costs every conversation its tokens; measurements of others put the
 * point where the two are equal at about a hundred tools.
 */
export const DEFAULT_LISTING: Listing = { management: 'core', mostTools: 100 }
