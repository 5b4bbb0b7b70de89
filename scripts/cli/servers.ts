import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import { visibleLine } from '#contract/visible-text.ts'
import type { AdminClient } from './admin-client.ts'

/** All servers: how many tools each has, and whether it is stopped. */
export async function listServers(client: AdminClient): Promise<void> {
  for (let cursor: string | undefined; ;) {
    const { items, next } = await client.call(ENDPOINTS.listServers, {
      query: { cursor, limit: 500 },
    })
    for (const { name, tools, stopped, description } of items)
      console.log(
        visibleLine(
          [
            name.padEnd(30),
            `${tools} tools`.padEnd(9),
            stopped === null ? 'runs' : `STOPPED by ${stopped.by} at ${stopped.at}`,
            description,
          ].join('  '),
        ),
      )
    if (next === null) return
    cursor = next
  }
}

export async function stopServer(client: AdminClient, server: string): Promise<void> {
  await client.call(ENDPOINTS.stopServer, { params: { server } })
  console.log(`${server} is stopped: none of its tools is listed or called; what runs goes on.`)
}

export async function startServer(client: AdminClient, server: string): Promise<void> {
  await client.call(ENDPOINTS.startServer, { params: { server } })
  console.log(`${server} is started.`)
}

export async function deleteServer(client: AdminClient, server: string): Promise<void> {
  await client.edit(ENDPOINTS.getServer, ENDPOINTS.deleteServer, { params: { server } })
  console.log(`${server} is deleted, with its tools and secrets; what happened stays on record.`)
}
