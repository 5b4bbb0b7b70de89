import { z } from 'zod'
import {
  ExpiryChange,
  NewPermission,
  PermissionDecision,
  PermissionDecisionsMade,
  PermissionDecisionsRequest,
  PermissionList,
  PermissionQuery,
  PermissionRequestList,
  PermissionRequestQuery,
  PermissionRequestView,
  PermissionView,
  RevocationRequest,
} from '../permissions.ts'
import { endpoint } from '../endpoint.ts'

const id = { id: z.string() }

/** What stands permitted to drafts under trial, and what is asked of it. */
export const PERMISSION_ENDPOINTS = {
  listPermissionRequests: endpoint({
    method: 'get',
    path: '/api/permission-requests',
    summary: 'Requests for permissions, oldest first',
    query: PermissionRequestQuery,
    answer: PermissionRequestList,
  }),
  getPermissionRequest: endpoint({
    method: 'get',
    path: '/api/permission-requests/{id}',
    summary: 'One request for a permission',
    params: id,
    answer: PermissionRequestView,
  }),
  decidePermission: endpoint({
    method: 'post',
    path: '/api/permission-requests/{id}/decision',
    summary: 'Permits, perhaps for a time, or rejects',
    params: id,
    body: PermissionDecision,
    answer: PermissionRequestView,
  }),
  decidePermissions: endpoint({
    method: 'post',
    path: '/api/permission-requests/decisions',
    summary: 'Decides on several requests, each by itself',
    body: PermissionDecisionsRequest,
    answer: PermissionDecisionsMade,
  }),
  listPermissions: endpoint({
    method: 'get',
    path: '/api/permissions',
    summary: 'Standing permissions, in force or not',
    query: PermissionQuery,
    answer: PermissionList,
  }),
  getPermission: endpoint({
    method: 'get',
    path: '/api/permissions/{id}',
    summary: 'One standing permission',
    params: id,
    answer: PermissionView,
    etag: true,
  }),
  grantPermission: endpoint({
    method: 'post',
    path: '/api/permissions',
    summary: 'Permits, whether somebody asked or not; also what was revoked or is over',
    body: NewPermission,
    answer: PermissionView,
    status: 201,
    etag: true,
  }),
  revokePermission: endpoint({
    method: 'post',
    path: '/api/permissions/{id}/revocation',
    summary:
      'Takes a permission back: from trials to come at once, from those under way at their next connection',
    params: id,
    body: RevocationRequest,
    answer: PermissionView,
  }),
  expirePermission: endpoint({
    method: 'put',
    path: '/api/permissions/{id}/expiry',
    summary: 'Sets when a permission ends by itself; its ETag is that of the permission',
    params: id,
    body: ExpiryChange,
    answer: PermissionView,
    etag: true,
    ifMatch: true,
  }),
}
