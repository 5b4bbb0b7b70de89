import { z } from 'zod'
import { VersionState } from '#contract/admin-api.ts'
import { wireName } from '#contract/names.ts'
import { Json } from '#contract/json.ts'
import { manifestCheck } from '../reading/manifest-check.ts'
import { serverUnknown, toolUnknown, versionUnknown } from '../tools/callable.ts'
import { currentVersion } from '../tools/current-version.ts'
import { versionDiff } from '../tools/version-diff.ts'
import { describeVersion } from './describe-version.ts'
import * as inputs from './inputs.ts'
import * as outputs from './outputs.ts'
import { managementTool, READS, told } from './management-tool.ts'

export const listTools = managementTool({
  name: 'mcpbox_list_tools',
  title: 'List the tools of a server',
  description: 'Lists a server’s tools, with the state of each version.',
  input: z.strictObject({ server: inputs.server }),
  output: z.object({
    tools: z.array(
      z.object({
        tool: z.string(),
        versions: z.array(z.object({ number: z.int(), state: VersionState })),
      }),
    ),
  }),
  annotations: READS,
  answer: (call, { server }) =>
    call.finish(async ({ tools }) => {
      if ((await tools.serverId(server)) === null) serverUnknown(server)
      return told({
        tools: (await tools.toolsOf(server)).map(({ name, versions }) => ({
          tool: wireName(server, name),
          versions,
        })),
      })
    }),
})

export const getTool = managementTool({
  name: 'mcpbox_get_tool',
  title: 'Read a tool',
  description: 'Gives a tool’s newest version with its code, or the version with a number.',
  input: z.strictObject({
    server: inputs.server,
    name: inputs.tool,
    version: z.int().positive().optional().describe('left out: the newest'),
    compare_with: z.int().positive().optional().describe('a version: adds the diff from it'),
  }),
  output: outputs.version.extend({ code: z.string() }),
  annotations: READS,
  answer: (call, { server, name, version: number, compare_with: other }) =>
    call.finish(async ({ tools, readings, tests }) => {
      const tool = (await tools.tool(server, name)) ?? toolUnknown(server, name)
      const versions = await tools.versions(tool.id)
      const numbered = (wanted: number) =>
        versions.find((version) => version.number === wanted) ?? versionUnknown(tool, wanted)
      const version = number === undefined ? currentVersion(versions) : numbered(number)
      const uses = await readings.of(version)
      const kept = await tests.of(version.hash)
      return told({
        ...describeVersion(version),
        code: version.code,
        code_check: uses === null ? null : manifestCheck(version, uses),
        tests: Json.parse(kept?.tests ?? []),
        ...(other !== undefined && { diff: versionDiff(numbered(other), version) }),
      })
    }),
})

export const getToolLogs = managementTool({
  name: 'mcpbox_get_tool_logs',
  title: 'Read a tool’s executions',
  description: 'Gives the newest executions of a tool that you yourself caused.',
  input: z.strictObject({
    server: inputs.server,
    name: inputs.tool,
    limit: z.int().min(1).max(50).default(10),
  }),
  output: z.object({
    executions: z.array(
      z.looseObject({
        id: z.string(),
        version: z.int(),
        hash: z.string(),
        outcome: z.string(),
        detail: z.string().nullable(),
        result: z.string().nullable(),
        printed: z.string(),
      }),
    ),
  }),
  annotations: READS,
  answer: (call, { server, name, limit }) =>
    call.finish(async ({ tools, executions }) => {
      const tool = (await tools.tool(server, name)) ?? toolUnknown(server, name)
      const recent = await executions.recent({
        toolId: tool.id,
        principal: call.by,
        limit,
      })
      return told({
        executions: recent.map((execution) => ({
          id: execution.id,
          kind: execution.kind,
          version: execution.version,
          hash: execution.hash,
          outcome: execution.outcome,
          detail: execution.detail,
          result: execution.result === null ? null : beginning(execution.result),
          printed: beginning(execution.stdout),
          duration_ms: execution.durationMs,
          started_at: execution.startedAt.toISOString(),
        })),
      })
    }),
})

/** Characters of a result or print that a list of executions shows. */
const SHOWN = 1_000

function beginning(text: string): string {
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}… (${text.length} characters)`
}
