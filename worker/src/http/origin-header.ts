import type { Problem } from '#contract/problem.ts'

/**
 * A browser says where a page comes from, and only listed places may call (MCP,
 * basic/transports, security). Programs send no Origin and are not asked for one.
 */
export function judgeOriginHeader(headers: Headers, allowed: string[]): Problem | null {
  const origin = headers.get('origin')
  if (origin === null || allowed.includes(origin)) return null
  return { code: 'origin_not_allowed', message: 'Pages of this origin may not call MCPbox.' }
}
