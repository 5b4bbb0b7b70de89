import { z } from 'zod'
import { ApprovalState, VersionState } from '#contract/admin-api.ts'
import type { JsonObject } from '#contract/json.ts'
import { lineText } from '#contract/manifest.ts'
import { wireName } from '#contract/names.ts'
import { decisionFacts } from '../approvals/decision-facts.ts'
import { missingLines } from '../grants/missing-lines.ts'
import { endedHow } from '../grants/term.ts'
import type { Stores } from '../stores.ts'
import { lastReport } from '../tool-tests/last-report.ts'
import type { TestStore } from '../tool-tests/test-store.ts'
import { serverUnknown, toolUnknown } from '../tools/callable.ts'
import type { Version } from '../tools/version.ts'
import * as inputs from './inputs.ts'
import { managementTool, READS, told } from './management-tool.ts'
import { requestFacts } from './permission-facts.ts'

export const getToolStatus = managementTool({
  name: 'mcpbox_get_tool_status',
  title: 'See where a tool stands',
  description:
    'Tells of each version of a tool what was asked and decided, and what of it is revoked or over.',
  input: z.strictObject({ server: inputs.server, name: inputs.tool }),
  output: z.object({
    tool: z.string(),
    callable: z.boolean(),
    stopped: z.boolean(),
    live_version: z.int().nullable(),
    versions: z.array(
      z.looseObject({
        version: z.int(),
        state: VersionState,
        hash: z.string(),
        approvals: z.array(z.looseObject({ state: ApprovalState, reason: z.string().nullable() })),
      }),
    ),
    requests: z.array(z.looseObject({ state: z.string() })),
  }),
  annotations: READS,
  answer: (call, { server: serverName, name }) =>
    call.finish(async (stores) => {
      const tool = (await stores.tools.tool(serverName, name)) ?? toolUnknown(serverName, name)
      const server = (await stores.directory.server(serverName)) ?? serverUnknown(serverName)
      const versions = []
      for (const version of await stores.tools.versions(tool.id))
        versions.push({
          version: version.number,
          state: version.state,
          hash: version.hash,
          tests: await testsTold(stores.tests, version.hash),
          approvals: await approvalFacts(stores, version),
          missing: await missingFacts(stores, version),
        })
      const live = versions.find(({ state }) => state === 'live')
      return told({
        tool: wireName(serverName, name),
        callable: live !== undefined && live.missing.length === 0 && server.stopped === null,
        stopped: server.stopped !== null,
        live_version: live?.version ?? null,
        versions,
        requests: (await stores.permissions.requestsAbout(tool.id)).map(requestFacts),
      })
    }),
})

async function approvalFacts({ approvals }: Stores, { id }: Version) {
  return (await approvals.ofVersion(id)).map((approval) => ({
    id: approval.id,
    requested_at: approval.requestedAt.toISOString(),
    ...decisionFacts(approval),
  }))
}

/** Lines of an approved version that are not in force any more, and why. */
async function missingFacts({ tools }: Stores, { id, manifest }: Version) {
  const approved = (await tools.candidate(id))?.approved ?? null
  if (approved === null) return []
  return missingLines(manifest, approved.lines, new Date()).map((line) => ({
    line: lineText(line),
    because: line.term === null ? 'nobody granted it' : endedHow(line.term),
  }))
}

/** How the tests of a text went last; null when it has none. */
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
