import { z } from 'zod'
import { GrantList, GrantQuery, GrantView } from '../grants.ts'
import { ExpiryChange, RevocationRequest } from '../permissions.ts'
import { endpoint } from '../endpoint.ts'

const id = { id: z.string() }

/** Lines of approved versions: what is in force, and for how long. */
export const GRANT_ENDPOINTS = {
  listGrants: endpoint({
    method: 'get',
    path: '/api/grants',
    summary: 'Approved lines of manifests, in force or not',
    query: GrantQuery,
    answer: GrantList,
  }),
  getGrant: endpoint({
    method: 'get',
    path: '/api/grants/{id}',
    summary: 'One approved line',
    params: id,
    answer: GrantView,
    etag: true,
  }),
  revokeGrant: endpoint({
    method: 'post',
    path: '/api/grants/{id}/revocation',
    summary:
      'Takes a line back: from calls to come at once, from those under way at their next connection',
    params: id,
    body: RevocationRequest,
    answer: GrantView,
  }),
  restoreGrant: endpoint({
    method: 'delete',
    path: '/api/grants/{id}/revocation',
    summary: 'Gives a revoked line back',
    params: id,
    answer: GrantView,
  }),
  expireGrant: endpoint({
    method: 'put',
    path: '/api/grants/{id}/expiry',
    summary: 'Sets when a line ends by itself; its ETag is that of the line',
    params: id,
    body: ExpiryChange,
    answer: GrantView,
    etag: true,
    ifMatch: true,
  }),
}
