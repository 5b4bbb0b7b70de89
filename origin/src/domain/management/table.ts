import { WAIT_TOOL } from '#contract/waiting.ts'
import { createTool, updateTool } from './authoring.ts'
import { awaitApproval } from './awaiting.ts'
import { callTools } from './calling.ts'
import { getServerModules, validateCode } from './checking.ts'
import { editTool } from './editing.ts'
import { findingTools } from './finding.ts'
import type { ManagementTool } from './management-tool.ts'
import { readResult } from './results.ts'
import { requestPublish } from './publishing.ts'
import { listPendingRequests } from './pending.ts'
import { requestModule, requestNetworkAccess } from './permissions.ts'
import { getTool, getToolLogs, listTools } from './looking-up.ts'
import { getToolStatus } from './status.ts'
import { testCode } from './trying.ts'
import { runToolTests } from './running-tests.ts'
import { createServerSecret, listServerSecrets } from './secrets.ts'
import { createServer, listServers } from './servers.ts'
import { deleteServer, deleteTool, getServer, startServer, stopServer } from './serving.ts'
import { listToolVersions, rollbackTool } from './versions.ts'

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
  editTool,
  getServer,
  startServer,
  stopServer,
  deleteServer,
  deleteTool,
  createServerSecret,
  listServerSecrets,
  runToolTests,
  listTools,
  getToolLogs,
  listToolVersions,
  rollbackTool,
  validateCode,
  getServerModules,
  listPendingRequests,
  awaitApproval,
  requestModule,
  requestNetworkAccess,
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
