/**
 * True for the path that the front is mounted on. People paste URLs with a slash at the end, and
 * add a query to make Claude forget a cached list; neither means anything here.
 */
export function isMcpPath(url: Pick<URL, 'pathname'>): boolean {
  return url.pathname === '/mcp' || url.pathname === '/mcp/'
}
