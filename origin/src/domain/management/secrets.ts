import { writtenText } from '#contract/written-text.ts'
import { z } from 'zod'
import { SecretName } from '#contract/names.ts'
import { declareSecret } from '../secrets/change.ts'
import { serverUnknown } from '../tools/callable.ts'
import * as inputs from './inputs.ts'
import { ADDS, managementTool, READS, told } from './management-tool.ts'

export const createServerSecret = managementTool({
  name: 'mcpbox_create_server_secret',
  title: 'Ask for a secret',
  description:
    'Names a secret that tools of a server need. It has no value: a person sets that, and no tool of MCPbox can.',
  input: z.strictObject({
    server: inputs.server,
    name: SecretName.describe('Upper-case letters, digits and underscores'),
    description: writtenText(2_000)
      .default('')
      .describe('For the person: what it is, and where to get it. Never the value'),
  }),
  output: z.object({
    server: z.string(),
    name: SecretName,
    has_value: z.boolean(),
    next: z.string(),
  }),
  annotations: ADDS,
  answer: (call, { server, name, description }) =>
    call.finish(async (stores) => {
      const serverId = (await stores.tools.serverId(server)) ?? serverUnknown(server)
      await declareSecret(stores, call.doer, { server, serverId, name }, description)
      return told({
        server,
        name,
        has_value: false,
        next: `A person sets the value: npx mcpbox secrets set ${server} ${name}`,
      })
    }),
})

/** Names of one answer; no server has so many. */
const MOST = 500

export const listServerSecrets = managementTool({
  name: 'mcpbox_list_server_secrets',
  title: 'List the secrets of a server',
  description: 'Tells the names of a server’s secrets and which have a value, never a value.',
  input: z.strictObject({ server: inputs.server }),
  output: z.object({
    secrets: z.array(
      z.object({ name: SecretName, description: z.string(), has_value: z.boolean() }),
    ),
  }),
  annotations: READS,
  answer: (call, { server }) =>
    call.finish(async ({ tools, secrets }) => {
      if ((await tools.serverId(server)) === null) serverUnknown(server)
      return told({
        secrets: (await secrets.list(server, { after: null, limit: MOST })).map(
          ({ name, description, hasValue }) => ({ name, description, has_value: hasValue }),
        ),
      })
    }),
})
