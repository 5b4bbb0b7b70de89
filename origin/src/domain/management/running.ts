import { z } from 'zod'
import { callResult } from '../executions/tool-result.ts'
import { refuse } from '../refusal.ts'
import { callableVersion, toolUnknown } from '../tools/callable.ts'
import * as inputs from './inputs.ts'
import { managementTool } from './management-tool.ts'

export const testCode = managementTool({
  name: 'mcpbox_test_code',
  title: 'Try a tool',
  description:
    'Runs the newest version of a tool in the sandbox, before anyone approved it, and therefore with nothing: no secrets, no network, only the default modules.',
  input: z.strictObject({
    server: inputs.server,
    name: inputs.tool,
    arguments: inputs.toolArguments.default({}),
  }),
  annotations: {
    readOnlyHint: false,
    destructiveHint: false,
    idempotentHint: false,
    openWorldHint: false,
  },
  async answer(call, { server, name, arguments: args }) {
    const tool = (await call.stores.tools.tool(server, name)) ?? toolUnknown(server, name)
    await call.execute({
      kind: 'trial',
      arguments: args,
      conclude: callResult,
      async choose() {
        const [newest] = await call.stores.tools.versions(tool.id)
        if (newest === undefined) throw new Error(`tool ${tool.id} has no version`)
        return { version: newest, approved: null }
      },
    })
  },
})

export const callTool = managementTool({
  name: 'mcpbox_call_tool',
  title: 'Call an approved tool',
  description:
    'Calls an approved tool by its name, also one that your list of tools does not show yet.',
  input: z.strictObject({
    name: z.string().max(64).describe('Its name in the list of tools, usually `server__tool`'),
    arguments: inputs.toolArguments.default({}),
  }),
  annotations: {
    readOnlyHint: false,
    destructiveHint: true,
    idempotentHint: false,
    openWorldHint: true,
  },
  async answer(call, { name, arguments: args }) {
    if (name.startsWith('mcpbox_'))
      refuse('unknown_tool', `"${name}" is a management tool; call it directly.`)
    await call.execute({
      kind: 'call',
      arguments: args,
      choose: () => callableVersion(call.stores, 'tool', name),
      conclude: callResult,
    })
  },
})
