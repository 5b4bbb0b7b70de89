import { z } from 'zod'
import { askApproval } from '../approvals/ask.ts'
import type { Verdict } from '../policies/judge.ts'
import { toolUnknown } from '../tools/callable.ts'
import { describeVersion } from './describe-version.ts'
import * as inputs from './inputs.ts'
import * as outputs from './outputs.ts'
import { ADDS, managementTool, told } from './management-tool.ts'

export const requestPublish = managementTool({
  name: 'mcpbox_request_publish',
  title: 'Ask for approval',
  description:
    'Freezes the draft and asks a person to approve exactly it. Once approved it can be called at once.',
  input: z.strictObject({
    server: inputs.server,
    name: inputs.tool,
    notes: inputs.writtenText(2_000).default('').describe('why it is wanted, for the person'),
  }),
  output: outputs.stored.extend({ approval: z.string() }),
  annotations: { ...ADDS, idempotentHint: true },
  answer: (call, { server, name, notes }) =>
    call.finish(async (stores) => {
      const tool = (await stores.tools.tool(server, name)) ?? toolUnknown(server, name)
      const { approval, version, verdict } = await askApproval(stores, tool, call.doer, notes)
      const isLive = verdict !== null && verdict.rule !== null
      return told({
        ...describeVersion({ ...version, state: isLive ? 'live' : 'pending' }),
        approval: approval.id,
        next: nextOf(verdict),
      })
    }),
})

function nextOf(verdict: Verdict | null): string {
  if (verdict !== null && verdict.rule !== null)
    return `The policy "${verdict.rule}" approved it, no person did. It is live: call it.`
  const why = (verdict?.because ?? []).map((reason) => ` (${reason})`).join('')
  return `A person decides now${why}. Wait for that with mcpbox_await_approval, or ask mcpbox_get_tool_status later.`
}
