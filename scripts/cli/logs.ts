import type { ActivityView } from '#contract/admin-door/activity.ts'
import { ActivityView as Activity } from '#contract/admin-door/activity.ts'
import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import type { AdminClient } from './admin-client.ts'
import { visibleLine } from '#contract/visible-text.ts'

export interface LogFilter {
  actor?: string | undefined
  action?: string | undefined
  text?: string | undefined
}

/** The newest executions, newest last: when, which tool, how it ended, who asked. */
export async function showExecutions(
  client: AdminClient,
  { tool, limit }: { tool?: string | undefined; limit?: string | undefined },
): Promise<void> {
  const { items } = await client.call(ENDPOINTS.listExecutions, { query: { tool, limit } })
  for (const one of items.toReversed())
    console.log(
      visibleLine(
        [
          one.started_at,
          one.outcome.padEnd(9),
          one.tool,
          `${Math.round(one.duration_ms)} ms`,
          `${one.kind} by ${one.principal_label}`,
          `version ${one.version} (${one.hash.slice(0, 12)})`,
          ...(one.detail === null ? [] : [one.detail.split('\n')[0] ?? '']),
        ].join('  '),
      ),
    )
}

/** What happened, newest last. */
export async function showActivity(
  client: AdminClient,
  { limit, ...filter }: LogFilter & { limit?: string | undefined },
): Promise<void> {
  const { items } = await client.call(ENDPOINTS.listActivity, { query: { ...filter, limit } })
  for (const one of items.toReversed()) console.log(lineOf(one))
}

/** What happens from now on, until the program is stopped. Goes on after what it has seen. */
export async function followActivity(client: AdminClient, filter: LogFilter): Promise<void> {
  const { items } = await client.call(ENDPOINTS.listActivity, { query: { limit: 1 } })
  for (let after = items[0]?.id ?? 0; ;) {
    const stream = await client.open(ENDPOINTS.streamActivity, { query: { ...filter, after } })
    try {
      for await (const one of eventsOf(stream)) {
        console.log(lineOf(one))
        after = one.id
      }
    } catch (fault) {
      if (!(fault instanceof TypeError)) throw fault
      // How fetch says that the connection broke.
      throw new Error('The stream broke off; is MCPbox still running?', { cause: fault })
    }
  }
}

async function* eventsOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<ActivityView> {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines)
      if (line.startsWith('data: ')) yield Activity.parse(JSON.parse(line.slice(6)))
  }
}

function lineOf({ at, actor, client, address, action, subject, details }: ActivityView): string {
  const by = [
    actor,
    ...(client === null ? [] : [`with ${client.name} ${client.version}`.trim()]),
    ...(address === null ? [] : [`from ${address}`]),
  ].join(' ')
  const more = Object.keys(details).length === 0 ? [] : [JSON.stringify(details)]
  return visibleLine([at, action, subject, by, ...more].join('  '))
}
