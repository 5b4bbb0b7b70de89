import { z } from 'zod'
import { VersionView } from '../../admin-api.ts'
import { Name } from '../../names.ts'
import { pageQuery } from '../page.ts'
import {
  NewServer,
  ServerChange,
  ServerList,
  ServerView,
  ToolList,
  ToolQuery,
  ToolView,
  VersionList,
} from '../tools.ts'
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
  listVersions: endpoint({
    method: 'get',
    path: '/api/servers/{server}/tools/{tool}/versions',
    summary: 'A tool’s versions, newest first',
    params: tool,
    query: paged,
    answer: VersionList,
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
}
