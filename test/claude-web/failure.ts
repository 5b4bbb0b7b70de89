/** What Claude shows when a connector does not work, as people report it. */
export type ShownFailure =
  | "Couldn't reach the MCP server"
  | "Couldn't register with the sign-in service"
  | 'Authorization with the MCP server failed'
  | 'Anthropic Proxy: Invalid content from server'

/** The connector stopped here. `message` is what Claude shows, `why` what it does not show. */
export class ClaudeFailure extends Error {
  override readonly name = 'ClaudeFailure'
  readonly why: string

  constructor(shown: ShownFailure, why: string) {
    super(shown)
    this.why = why
  }
}
