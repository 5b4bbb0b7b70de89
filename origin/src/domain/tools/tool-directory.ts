import type { VersionState } from '#contract/admin-api.ts'
import type { Name } from '#contract/names.ts'
import type { Server } from './tool-store.ts'

/** A tool as lists show it. */
export interface ListedTool {
  id: string
  server: Name
  name: Name
  /** Hash of its live version. */
  live: string | null
  newest: { number: number; state: VersionState; hash: string }
  versions: number
  createdBy: string
  createdAt: Date
}

/** A tool that is gone; its versions, and what is kept of them, are still there. */
export interface DeletedTool {
  id: string
  server: Name
  name: Name
  deletedAt: Date
  deletedBy: string
  versions: number
}

/** Servers and tools as people look through them; names in the order of their code points. */
export interface ToolDirectory {
  servers(page: { after: string | null; limit: number }): Promise<Server[]>
  server(name: Name): Promise<Server | null>
  /** For a change that depends on it: nobody else changes it until this unit of work ends. */
  lockedServer(name: Name): Promise<Server | null>
  describeServer(id: string, description: string): Promise<void>
  /** @param by see activity.ts */
  stopServer(id: string, by: string): Promise<void>
  startServer(id: string): Promise<void>
  /** Marks only; see delete.ts for all that goes with it. */
  deleteServer(id: string, by: string): Promise<void>
  deleteTool(id: string, by: string): Promise<void>
  /** Newest first, those that were deleted before the one with this key. */
  deletedTools(page: {
    before: { deletedAt: Date; id: string } | null
    limit: number
  }): Promise<DeletedTool[]>
  tools(
    filter: { server?: Name | undefined; name?: Name | undefined },
    page: { after: { server: string; name: string } | null; limit: number },
  ): Promise<ListedTool[]>
}
