import { z } from 'zod'
import { VersionView } from '../../admin-api.ts'
import { Name } from '../../names.ts'
import { pageQuery } from '../page.ts'
import {
  DeletedToolList,
  NewServer,
  ServerChange,
  ServerList,
  ServerView,
  ToolList,
  ToolQuery,
  ToolView,
  VersionList,
} from '../tools.ts'
import { RolledBack, VersionHistory } from '../history.ts'
import { VersionDiff } from '../version-diff.ts'
import { endpoint } from '../endpoint.ts'

const paged = z.strictObject(pageQuery)
const server = { server: Name }
const tool = { server: Name, tool: Name }
const Number = z.coerce
  .number()
  .int()
  .min(1)
  .max(2 ** 31 - 1)

/** Servers, tools and their versions. */
export const TOOL_ENDPOINTS = {
  listServers: endpoint({
    method: 'get',
    path: '/api/servers',
    summary: 'Servers, by name',
    query: paged,
    answer: ServerList,
  }),
  createServer: endpoint({
    method: 'post',
    path: '/api/servers',
    summary: 'Makes a server',
    body: NewServer,
    answer: ServerView,
    status: 201,
    etag: true,
  }),
  getServer: endpoint({
    method: 'get',
    path: '/api/servers/{server}',
    summary: 'One server',
    params: server,
    answer: ServerView,
    etag: true,
  }),
  describeServer: endpoint({
    method: 'patch',
    path: '/api/servers/{server}',
    summary: 'Changes a server’s description',
    params: server,
    body: ServerChange,
    answer: ServerView,
    etag: true,
    ifMatch: true,
  }),
  deleteServer: endpoint({
    method: 'delete',
    path: '/api/servers/{server}',
    summary: 'Deletes a server with its tools, and forgets its secrets; histories are kept',
    params: server,
    ifMatch: true,
  }),
  startServer: endpoint({
    method: 'post',
    path: '/api/servers/{server}/start',
    summary: 'Lets clients call the live tools of a server that was stopped',
    params: server,
    answer: ServerView,
    etag: true,
  }),
  stopServer: endpoint({
    method: 'post',
    path: '/api/servers/{server}/stop',
    summary: 'Keeps clients from all tools of a server; what runs already goes on',
    params: server,
    answer: ServerView,
    etag: true,
  }),
  listTools: endpoint({
    method: 'get',
    path: '/api/tools',
    summary: 'Tools, by server and name',
    query: ToolQuery,
    answer: ToolList,
  }),
  getTool: endpoint({
    method: 'get',
    path: '/api/servers/{server}/tools/{tool}',
    summary: 'One tool',
    params: tool,
    answer: ToolView,
  }),
  deleteTool: endpoint({
    method: 'delete',
    path: '/api/servers/{server}/tools/{tool}',
    summary: 'Deletes a tool; its history is kept',
    params: tool,
  }),
  listDeletedTools: endpoint({
    method: 'get',
    path: '/api/deleted-tools',
    summary: 'Tools that were deleted, the newest of them first',
    query: paged,
    answer: DeletedToolList,
  }),
  listDeletedVersions: endpoint({
    method: 'get',
    path: '/api/deleted-tools/{id}/versions',
    summary: 'The versions of a tool that was deleted, newest first',
    params: { id: z.uuid() },
    query: paged,
    answer: VersionList,
  }),
  listVersions: endpoint({
    method: 'get',
    path: '/api/servers/{server}/tools/{tool}/versions',
    summary: 'A tool’s versions, newest first',
    params: tool,
    query: paged,
    answer: VersionList,
  }),
  listHistory: endpoint({
    method: 'get',
    path: '/api/servers/{server}/tools/{tool}/history',
    summary: 'A tool’s versions, newest first: who, what changed, what was decided',
    params: tool,
    query: paged,
    answer: VersionHistory,
  }),
  getVersion: endpoint({
    method: 'get',
    path: '/api/servers/{server}/tools/{tool}/versions/{number}',
    summary: 'One version',
    params: { ...tool, number: Number },
    answer: VersionView,
  }),
  diffVersions: endpoint({
    method: 'get',
    path: '/api/servers/{server}/tools/{tool}/versions/{number}/diff',
    summary: 'What a version says otherwise than an earlier one',
    params: { ...tool, number: Number },
    query: z.strictObject({ from: Number.describe('Number of the version to compare with') }),
    answer: VersionDiff,
  }),
  rollBack: endpoint({
    method: 'post',
    path: '/api/servers/{server}/tools/{tool}/versions/{number}/rollback',
    summary: 'Goes back to a version: live at once where its approval stands, else a new draft',
    params: { ...tool, number: Number },
    answer: RolledBack,
  }),
}
