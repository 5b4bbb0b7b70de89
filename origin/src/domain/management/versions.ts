import { z } from 'zod'
import { VersionHistoryItem } from '#contract/admin-door/history.ts'
import { wireName } from '#contract/names.ts'
import { toolUnknown } from '../tools/callable.ts'
import { versionHistory } from '../tools/history.ts'
import { rollBack, type RollBack } from '../tools/roll-back.ts'
import { describeVersion } from './describe-version.ts'
import * as inputs from './inputs.ts'
import * as outputs from './outputs.ts'
import { DESTROYS, managementTool, READS, told } from './management-tool.ts'

export const listToolVersions = managementTool({
  name: 'mcpbox_list_tool_versions',
  title: 'See the history of a tool',
  description:
    'Lists a tool’s versions, newest first: who wrote each, what it changed, what was decided about it. For a diff of two: mcpbox_get_tool.',
  input: z.strictObject({
    server: inputs.server,
    name: inputs.tool,
    limit: z.int().min(1).max(100).default(20),
    below: z.int().positive().optional().describe('only versions with lower numbers'),
  }),
  output: z.object({
    tool: z.string(),
    versions: z.array(VersionHistoryItem),
    /** What to give as `below` for the versions before; null at the first. */
    next_below: z.int().nullable(),
  }),
  annotations: READS,
  answer: (call, { server, name, limit, below = null }) =>
    call.finish(async (stores) => {
      const tool = (await stores.tools.tool(server, name)) ?? toolUnknown(server, name)
      const versions = await versionHistory(stores, tool.id, { below, limit })
      const last = versions.at(-1)?.version
      return told({
        tool: wireName(server, name),
        versions,
        next_below: last === undefined || last === 1 ? null : last,
      })
    }),
})

export const rollbackTool = managementTool({
  name: 'mcpbox_rollback_tool',
  title: 'Go back to a version',
  description:
    'Makes an earlier version the live one again, at once if a person approved it and that still stands; else stores its text as a new draft, to be asked for.',
  input: z.strictObject({
    server: inputs.server,
    name: inputs.tool,
    version: z.int().positive(),
  }),
  output: outputs.stored.extend({ outcome: z.enum(['live', 'drafted', 'unchanged']) }),
  annotations: { ...DESTROYS, idempotentHint: true },
  answer: (call, { server, name, version }) =>
    call.finish(async (stores) => {
      const tool = (await stores.tools.tool(server, name)) ?? toolUnknown(server, name)
      const rolled = await rollBack(stores, tool, version, call.doer)
      return told({
        ...describeVersion(rolled.version),
        outcome: rolled.outcome,
        next: whatNext(rolled),
      })
    }),
})

function whatNext({ outcome, version, reason }: RollBack): string {
  if (outcome === 'live') return 'Every call runs this version from now on.'
  if (version.state === 'live') return 'Nothing changed: this version is live already.'
  if (version.state === 'pending') return 'Nothing changed: it waits for a person’s decision.'
  const why = reason === null ? '' : `${reason} `
  return `${why}It is a draft now: try it with mcpbox_test_code, then ask with mcpbox_request_publish.`
}
