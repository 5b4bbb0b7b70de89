import { z } from 'zod'
import { wireName } from '#contract/names.ts'
import { managementTool, READS, told } from './management-tool.ts'
import { requestFacts } from './permission-facts.ts'

/** Of each kind in one answer, oldest first. */
const MOST = 100

export const listPendingRequests = managementTool({
  name: 'mcpbox_list_pending_requests',
  title: 'List what waits for a person',
  description:
    'Lists the versions and permissions that a person has yet to decide on, oldest first.',
  input: z.strictObject({}),
  output: z.object({
    versions: z.array(z.looseObject({ approval: z.string(), tool: z.string() })),
    permissions: z.array(z.looseObject({ state: z.string() })),
    more: z.boolean(),
  }),
  annotations: READS,
  answer: (call) =>
    call.finish(async ({ approvals, permissions, tools }) => {
      const from = { after: null, limit: MOST + 1 }
      const asked = await approvals.list('waiting', from)
      const requests = await permissions.requests({ state: 'waiting' }, from)
      const versions = []
      for (const approval of asked.slice(0, MOST)) {
        const version = await tools.version(approval.versionId)
        if (version === null) throw new Error(`approval ${approval.id} is about no version`)
        versions.push({
          approval: approval.id,
          tool: wireName(version.server, version.tool),
          version: version.number,
          hash: approval.hash,
          notes: approval.notes,
          requested_at: approval.requestedAt.toISOString(),
        })
      }
      return told({
        versions,
        permissions: requests.slice(0, MOST).map(requestFacts),
        more: asked.length > MOST || requests.length > MOST,
      })
    }),
})
