import { z } from 'zod'
import { ApprovalState, VersionState } from '#contract/admin-api.ts'
import { wireName } from '#contract/names.ts'
import { Json, type JsonObject } from '#contract/json.ts'
import { manifestCheck } from '../reading/manifest-check.ts'
import { lastReport } from '../tool-tests/last-report.ts'
import type { TestStore } from '../tool-tests/test-store.ts'
import { serverUnknown, toolUnknown } from '../tools/callable.ts'
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
  }),
  output: outputs.version.extend({ code: z.string() }),
  annotations: READS,
  answer: (call, { server, name, version: number }) =>
    call.finish(async ({ tools, readings, tests }) => {
      const tool = (await tools.tool(server, name)) ?? toolUnknown(server, name)
      const versions = await tools.versions(tool.id)
      const version = number === undefined ? versions[0] : versions.find((v) => v.number === number)
      if (version === undefined) return toolUnknown(server, name)
      const uses = await readings.of(version)
      const kept = await tests.of(version.hash)
      return told({
        ...describeVersion(version),
        code: version.code,
        code_check: uses === null ? null : manifestCheck(version, uses),
        tests: Json.parse(kept?.tests ?? []),
      })
    }),
})

export const getToolStatus = managementTool({
  name: 'mcpbox_get_tool_status',
  title: 'See where a tool stands',
  description: 'Tells the state of each version of a tool and what was asked and decided about it.',
  input: z.strictObject({ server: inputs.server, name: inputs.tool }),
  output: z.object({
    tool: z.string(),
    callable: z.boolean(),
    live_version: z.int().nullable(),
    versions: z.array(
      z.looseObject({
        version: z.int(),
        state: VersionState,
        hash: z.string(),
        approvals: z.array(z.looseObject({ state: ApprovalState, reason: z.string().nullable() })),
      }),
    ),
  }),
  annotations: READS,
  answer: (call, { server, name }) =>
    call.finish(async ({ tools, tests, approvals }) => {
      const tool = (await tools.tool(server, name)) ?? toolUnknown(server, name)
      const versions = []
      for (const version of await tools.versions(tool.id))
        versions.push({
          version: version.number,
          state: version.state,
          hash: version.hash,
          tests: await testsTold(tests, version.hash),
          approvals: (await approvals.ofVersion(version.id)).map((approval) => ({
            id: approval.id,
            state: approval.state,
            requested_at: approval.requestedAt.toISOString(),
            decided_by: approval.decidedBy,
            reason: approval.reason,
          })),
        })
      const live = versions.find(({ state }) => state === 'live')
      return told({
        tool: wireName(server, name),
        callable: live !== undefined,
        live_version: live?.version ?? null,
        versions,
      })
    }),
})

/** The tests of a text and how they went last; null when it has none. */
async function testsTold(tests: TestStore, hash: string): Promise<JsonObject | null> {
  const { cases, report } = await lastReport({ tests }, hash)
  if (cases.length === 0) return null
  if (report === null) return { state: 'not run', count: cases.length }
  const failed = report.cases.filter(({ passed }) => !passed)
  return {
    state: report.passed ? 'passed' : 'failed',
    count: cases.length,
    runtime: report.runtime,
    ran_at: report.ran_at,
    failed: failed.map(({ name, why }) => ({ name, why })),
  }
}

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
        version: z.string(),
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
      if ((await tools.tool(server, name)) === null) toolUnknown(server, name)
      const recent = await executions.recent({
        tool: wireName(server, name),
        principal: call.by,
        limit,
      })
      return told({
        executions: recent.map((execution) => ({
          id: execution.id,
          kind: execution.kind,
          version: execution.hash,
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
