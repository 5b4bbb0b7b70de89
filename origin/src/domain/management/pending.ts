import { z } from 'zod'
import { serverUnknown } from '../tools/callable.ts'
import * as inputs from './inputs.ts'
import { managementTool, READS, told } from './management-tool.ts'

export const listPendingRequests = managementTool({
  name: 'mcpbox_list_pending_requests',
  title: 'See what waits for a person',
  description: 'Lists the requests for approval that nobody has decided, oldest first.',
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
    next: z.string(),
  }),
  annotations: READS,
  answer: (call, { server = null, limit }) =>
    call.finish(async ({ tools, approvals, principals }) => {
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
      return told({
        approvals: shown,
        total,
        next:
          total === 0
            ? 'Nothing waits. A draft is asked for with mcpbox_request_publish.'
            : 'A person decides, at MCPbox’s pages or with npx mcpbox approvals; wait with mcpbox_await_approval.',
      })
    }),
})
