import { z } from 'zod'
import { ExecutionKind, ExecutionList, ExecutionView, OutcomeKind } from '../../admin-api.ts'
import { ActivityFeedQuery, ActivityList, ActivityQuery } from '../activity.ts'
import { pageQuery, soughtText, time } from '../page.ts'
import { endpoint } from '../endpoint.ts'

/** What ran, and what happened. */
export const LOG_ENDPOINTS = {
  listExecutions: endpoint({
    method: 'get',
    path: '/api/executions',
    summary: 'Executions, newest first',
    query: z.strictObject({
      ...pageQuery,
      tool: z.string().max(200).optional(),
      kind: ExecutionKind.optional(),
      outcome: OutcomeKind.optional(),
      principal: soughtText(300).optional(),
      request_id: soughtText(100).optional(),
      since: time.optional(),
      until: time.optional(),
    }),
    answer: ExecutionList,
  }),
  getExecution: endpoint({
    method: 'get',
    path: '/api/executions/{id}',
    summary: 'One execution',
    params: { id: z.uuid() },
    answer: ExecutionView,
  }),
  listActivity: endpoint({
    method: 'get',
    path: '/api/activity',
    summary: 'What happened, newest first',
    query: ActivityQuery,
    answer: ActivityList,
  }),
  streamActivity: endpoint({
    method: 'get',
    path: '/api/activity/stream',
    summary:
      'What happens, as server-sent events `activity`; Last-Event-ID goes on after one that was seen',
    query: ActivityFeedQuery,
    status: 200,
    type: 'text/event-stream',
  }),
  openActivitySocket: endpoint({
    method: 'get',
    path: '/api/activity/ws',
    summary: 'What happens, as texts on a WebSocket; with a cookie from our own pages only',
    query: ActivityFeedQuery,
    status: 101,
  }),
}
