import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import { wireName } from '#contract/names.ts'
import type { AdminClient } from './admin-client.ts'
import { visibleLine } from '#contract/visible-text.ts'

/** All tools, or those of one server, with what is live and what is newest. */
export async function listTools(client: AdminClient, server?: string): Promise<void> {
  for (let cursor: string | undefined; ;) {
    const { items, next } = await client.call(ENDPOINTS.listTools, {
      query: { server, cursor, limit: 500 },
    })
    for (const tool of items)
      console.log(
        visibleLine(
          [
            wireName(tool.server, tool.name).padEnd(62),
            tool.live === null ? 'not live' : `live ${tool.live.slice(0, 12)}`,
            `newest: version ${tool.newest.number}, ${tool.newest.state}`,
          ].join('  '),
        ),
      )
    if (next === null) return
    cursor = next
  }
}
