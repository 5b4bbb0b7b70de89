import { z } from 'zod'
import { serverUnknown } from '../tools/callable.ts'
import * as inputs from './inputs.ts'
import { managementTool, READS, told } from './management-tool.ts'
import { requestFacts } from './permission-facts.ts'

export const listPendingRequests = managementTool({
  name: 'mcpbox_list_pending_requests',
  title: 'List what waits for a person',
  description:
    'Lists the versions and permissions that a person has yet to decide on, oldest first.',
  input: z.strictObject({
    server: inputs.server.optional(),
    limit: z.int().min(1).max(200).default(50),
  }),
  output: z.object({
    approvals: z.array(
      z.object({
        approval: z.string(),
        tool: z.string(),
        version: z.int(),
        hash: z.string(),
        requested_by: z.string(),
        requested_at: z.string(),
        notes: z.string(),
      }),
    ),
    /** Of all that wait, also those that are not told. */
    total: z.int(),
    permissions: z.array(z.looseObject({ state: z.string() })),
    more_permissions: z.boolean(),
    next: z.string(),
  }),
  annotations: READS,
  answer: (call, { server = null, limit }) =>
    call.finish(async ({ tools, approvals, permissions, principals }) => {
      if (server !== null && (await tools.serverId(server)) === null) serverUnknown(server)
      const { total, oldest } = await approvals.waiting(server, limit)
      const shown = []
      for (const { id, tool, version, hash, requestedBy, requestedAt, notes } of oldest)
        shown.push({
          approval: id,
          tool,
          version,
          hash,
          requested_by: await principals.label(requestedBy),
          requested_at: requestedAt.toISOString(),
          notes,
        })
      const about = { state: 'waiting' as const, ...(server !== null && { server }) }
      const requests = await permissions.requests(about, { after: null, limit: limit + 1 })
      return told({
        approvals: shown,
        total,
        permissions: requests.slice(0, limit).map(requestFacts),
        more_permissions: requests.length > limit,
        next:
          total + requests.length === 0
            ? 'Nothing waits. A draft is asked for with mcpbox_request_publish.'
            : 'A person decides, at MCPbox’s pages or with npx mcpbox approvals and npx mcpbox requests; wait for an approval with mcpbox_await_approval.',
      })
    }),
})
