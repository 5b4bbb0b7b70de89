import { WAIT_TOOL } from '#contract/waiting.ts'
import { createTool, updateTool } from './authoring.ts'
import { callTools } from './calling.ts'
import { findingTools } from './finding.ts'
import type { ManagementTool } from './management-tool.ts'
import { readResult } from './results.ts'
import { requestPublish } from './publishing.ts'
import { getTool, getToolLogs, getToolStatus, listTools } from './reading.ts'
import { testCode } from './running.ts'
import { runToolTests } from './testing.ts'
import { createServerSecret, listServerSecrets } from './secrets.ts'
import { createServer, listServers } from './servers.ts'

/** What every client needs to know of, to write tools and to come by all others. */
const CORE: readonly ManagementTool[] = [
  listServers,
  createServer,
  getTool,
  createTool,
  updateTool,
  testCode,
  requestPublish,
  getToolStatus,
  readResult,
]

/** What is wanted now and then, and found by searching. */
const FURTHER: readonly ManagementTool[] = [
  createServerSecret,
  listServerSecrets,
  runToolTests,
  listTools,
  getToolLogs,
]

const named = (tools: readonly ManagementTool[]) =>
  new Map(tools.map((tool) => [tool.catalog.name, tool]))

const reached = [...CORE, ...FURTHER]
const reaching = [
  ...findingTools([...reached.map(({ catalog }) => catalog), WAIT_TOOL]),
  ...callTools(named(reached)),
]

/** The management tools, in the order in which clients see them. */
export const MANAGEMENT_TOOLS: ReadonlyMap<string, ManagementTool> = named([
  ...reaching,
  ...reached,
])

/** Those of them that are always listed. */
export const CORE_TOOLS: ReadonlySet<string> = new Set(
  [...reaching, ...CORE].map(({ catalog }) => catalog.name),
)
