/** Where the front is mounted. People paste URLs with a slash at the end, which means nothing here. */
export const MCP_PATHS = ['/mcp', '/mcp/']

/** True at {@link MCP_PATHS}, with any query: people add one to make Claude forget a cached list. */
export function isMcpPath(url: Pick<URL, 'pathname'>): boolean {
  return MCP_PATHS.includes(url.pathname)
}
