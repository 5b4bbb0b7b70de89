import { z } from 'zod'
import {
  ApprovalList,
  ApprovalState,
  ApprovalView,
  DecisionRequest,
  VersionView,
} from '../../admin-api.ts'
import { DecisionsMade, DecisionsRequest } from '../decisions.ts'
import { pageQuery } from '../page.ts'
import { endpoint } from '../endpoint.ts'

/** Requests for approval, and decisions. */
export const DECISION_ENDPOINTS = {
  listApprovals: endpoint({
    method: 'get',
    path: '/api/approvals',
    summary: 'Requests for approval, oldest first',
    query: z.strictObject({ ...pageQuery, state: ApprovalState.optional() }),
    answer: ApprovalList,
  }),
  getApproval: endpoint({
    method: 'get',
    path: '/api/approvals/{id}',
    summary: 'One request for approval, with all that a decision needs',
    params: { id: z.string() },
    answer: ApprovalView,
  }),
  decide: endpoint({
    method: 'post',
    path: '/api/approvals/{id}/decision',
    summary: 'Approves or rejects exactly the version with this hash',
    params: { id: z.string() },
    body: DecisionRequest,
    answer: VersionView,
  }),
  decideMany: endpoint({
    method: 'post',
    path: '/api/approvals/decisions',
    summary: 'Decides on several requests, each by itself',
    body: DecisionsRequest,
    answer: DecisionsMade,
  }),
}
