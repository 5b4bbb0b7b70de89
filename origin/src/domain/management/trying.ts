import { z } from 'zod'
import { callResult } from '../executions/tool-result.ts'
import { toolUnknown } from '../tools/callable.ts'
import { currentVersion } from '../tools/current-version.ts'
import * as inputs from './inputs.ts'
import { managementTool } from './management-tool.ts'

export const testCode = managementTool({
  name: 'mcpbox_test_code',
  title: 'Try a tool',
  description:
    'Runs the newest version of a tool, approved or not, without secrets; of hosts, modules and packages only with those that a person permitted (mcpbox_request_network_access, mcpbox_request_module).',
  input: z.strictObject({
    server: inputs.server,
    name: inputs.tool,
    arguments: inputs.toolArguments.default({}),
  }),
  output: null,
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
        const version = currentVersion(await call.stores.tools.versions(tool.id))
        return { version, approved: null }
      },
    })
  },
})
