import { createTool, updateTool } from './authoring.ts'
import type { ManagementTool } from './management-tool.ts'
import { readResult } from './results.ts'
import { requestPublish } from './publishing.ts'
import { getTool, getToolLogs, getToolStatus, listTools } from './reading.ts'
import { callTool, testCode } from './running.ts'
import { createServerSecret, listServerSecrets } from './secrets.ts'
import { createServer, listServers } from './servers.ts'

/** The management tools, in the order in which clients see them. */
export const MANAGEMENT_TOOLS: ReadonlyMap<string, ManagementTool> = new Map(
  [
    listServers,
    createServer,
    createServerSecret,
    listServerSecrets,
    listTools,
    getTool,
    createTool,
    updateTool,
    testCode,
    requestPublish,
    getToolStatus,
    getToolLogs,
    callTool,
    readResult,
  ].map((tool) => [tool.catalog.name, tool]),
)
