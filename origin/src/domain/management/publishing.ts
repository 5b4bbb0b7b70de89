import { z } from 'zod'
import { askApproval } from '../approvals/ask.ts'
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
      const { approval, version } = await askApproval(stores, tool, call.doer, notes)
      return told({
        ...describeVersion({ ...version, state: 'pending' }),
        approval: approval.id,
        next: 'A person decides now. Wait for that with mcpbox_await_approval, or ask mcpbox_get_tool_status later.',
      })
    }),
})
