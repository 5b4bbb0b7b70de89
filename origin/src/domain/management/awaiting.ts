import { z } from 'zod'
import { ApprovalState } from '#contract/admin-api.ts'
import { PolicyRule } from '#contract/approval-policy.ts'
import { wireName } from '#contract/names.ts'
import { addressOf } from '#contract/publication.ts'
import type { Approval } from '../approvals/approval-store.ts'
import { decisionFacts } from '../approvals/decision-facts.ts'
import type { Call } from '../operations/call.ts'
import { refuse } from '../refusal.ts'
import type { Stores } from '../stores.ts'
import { toolUnknown, versionUnknown } from '../tools/callable.ts'
import type { Tool } from '../tools/tool-store.ts'
import type { Version } from '../tools/version.ts'
import * as inputs from './inputs.ts'
import { managementTool, READS, told } from './management-tool.ts'

const DEFAULT_S = 300
const MOST_S = 3_600

export const awaitApproval = managementTool({
  name: 'mcpbox_await_approval',
  title: 'Wait for a decision',
  description:
    'Waits until a person has decided about a tool, and tells what was decided, why, and what to do next. Ends without a decision when the time is over.',
  input: z.strictObject({
    server: inputs.server,
    name: inputs.tool,
    version: z.int().positive().optional().describe('left out: the one that was asked for last'),
    wait_s: z.int().min(0).max(MOST_S).default(DEFAULT_S),
  }),
  output: z.object({
    tool: z.string(),
    version: z.int(),
    hash: z.string(),
    decision: ApprovalState,
    decided_by: z.string().nullable(),
    decided_by_policy: PolicyRule.nullable(),
    decided_at: z.string().nullable(),
    reason: z.string().nullable(),
    next: z.string(),
  }),
  annotations: READS,
  async answer(call, { server, name, version: number, wait_s: seconds }) {
    const tool = (await call.stores.tools.tool(server, name)) ?? toolUnknown(server, name)
    const { version, question } = await questionAbout(call.stores, tool, number)
    await call.until({
      channel: 'mcpbox_approval',
      about: question.id,
      ms: seconds * 1000,
      look: () => decided(call, question.id),
    })
    await call.finish(async (stores) => {
      const now = await stores.approvals.approval(question.id)
      if (now === null) throw new Error(`approval ${question.id} vanished`)
      const { state: decision, ...facts } = decisionFacts(now)
      return told({
        tool: wireName(server, name),
        version: version.number,
        hash: version.hash,
        decision,
        ...facts,
        next: await whatNext(stores, tool, version, now),
      })
    })
  },
})

/**
 * The last question about a version, or about the last version that anybody was asked about.
 * @throws Refusal version_unknown, nothing_to_publish
 */
async function questionAbout(
  { tools, approvals }: Pick<Stores, 'tools' | 'approvals'>,
  tool: Tool,
  number: number | undefined,
): Promise<{ version: Version; question: Approval }> {
  const versions = await tools.versions(tool.id)
  const meant = number === undefined ? versions : versions.filter((one) => one.number === number)
  if (meant.length === 0 && number !== undefined) versionUnknown(tool, number)
  for (const version of meant) {
    const question = (await approvals.ofVersion(version.id)).at(-1)
    if (question !== undefined) return { version, question }
  }
  return refuse(
    'nothing_to_publish',
    `Nobody was asked about ${number === undefined ? '' : `version ${number} of `}"${wireName(tool.server, tool.name)}"; ask with mcpbox_request_publish first.`,
  )
}

async function decided({ stores }: Pick<Call, 'stores'>, id: string): Promise<Approval | null> {
  const now = await stores.approvals.approval(id)
  return now?.state === 'waiting' ? null : now
}

async function whatNext(
  { tools }: Pick<Stores, 'tools'>,
  tool: Tool,
  { id, publication }: Version,
  { state }: Approval,
): Promise<string> {
  const there = await tools.tool(tool.server, tool.name)
  if (there?.id !== tool.id) return 'The tool was deleted meanwhile; there is nothing to wait for.'
  switch (state) {
    case 'waiting':
      return 'Nobody has decided yet. Tell the person that it waits, and call this again.'
    case 'rejected':
      return 'Change it as the reason says with mcpbox_edit_tool or mcpbox_update_tool, and ask again with mcpbox_request_publish.'
    case 'withdrawn':
      return 'It was changed after it was asked for. See mcpbox_get_tool_status, and ask again with mcpbox_request_publish.'
    case 'approved': {
      const now = await tools.version(id)
      if (now?.state !== 'live')
        return 'It was approved, and something else took its place since; see mcpbox_list_tool_versions.'
      const address = addressOf(publication)
      const stopped = await tools.stoppedAt(publication.kind, address)
      if (stopped !== null)
        return 'It is live, but its server is stopped; start it with mcpbox_start_server.'
      return publication.kind === 'tool'
        ? `It is live: call ${address}. If your list does not show it yet, mcpbox_search_tools says how.`
        : `It is live: the ${publication.kind} ${address}.`
    }
  }
}
