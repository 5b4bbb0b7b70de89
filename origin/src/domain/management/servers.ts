import { writtenText } from '#contract/written-text.ts'
import { z } from 'zod'
import { Name } from '#contract/names.ts'
import { ADDS, managementTool, READS, told } from './management-tool.ts'

export const createServer = managementTool({
  name: 'mcpbox_create_server',
  title: 'Create a server',
  description: 'Creates a server: a named group of tools that share secrets.',
  input: z.strictObject({
    name: Name.describe('Lower-case letters, digits and single underscores'),
    description: writtenText(2_000).default(''),
  }),
  output: z.object({ server: z.string(), next: z.string() }),
  annotations: ADDS,
  answer: (call, { name, description }) =>
    call.finish(async ({ tools, activity }) => {
      await tools.addServer({ name, description, createdBy: call.by })
      await activity.record({ ...call.doer, action: 'server.created', subject: name })
      return told({ server: name, next: 'Write its first tool with mcpbox_create_tool.' })
    }),
})

export const listServers = managementTool({
  name: 'mcpbox_list_servers',
  title: 'List servers',
  description: 'Lists the servers and how many tools each has.',
  input: z.strictObject({}),
  output: z.object({
    servers: z.array(
      z.object({
        name: z.string(),
        description: z.string(),
        tools: z.int(),
        stopped: z.boolean(),
      }),
    ),
  }),
  annotations: READS,
  answer: (call) =>
    call.finish(async ({ tools }) =>
      told({
        servers: (await tools.servers()).map((server) => ({
          name: server.name,
          description: server.description,
          tools: server.tools,
          stopped: server.stopped !== null,
        })),
      }),
    ),
})
