import {
  CircuitsHealth,
  DetailedHealth,
  Health,
  Liveness,
  Readiness,
  ServicesHealth,
} from '../../health.ts'
import { endpoint } from '../endpoint.ts'

/** How MCPbox does. */
export const HEALTH_ENDPOINTS = {
  getHealth: endpoint({
    method: 'get',
    path: '/health',
    summary: 'Whether MCPbox works; 503 when its database does not answer',
    access: 'anyone',
    answer: Health,
  }),
  getDetailedHealth: endpoint({
    method: 'get',
    path: '/health/detail',
    summary: 'The same, and whether tools can run',
    access: 'anyone',
    answer: DetailedHealth,
  }),
  getLiveness: endpoint({
    method: 'get',
    path: '/health/live',
    summary: 'Whether the process serves; restart it when not',
    access: 'anyone',
    answer: Liveness,
  }),
  getReadiness: endpoint({
    method: 'get',
    path: '/health/ready',
    summary: 'Whether it can do its work; 503 while it cannot, send nothing then',
    access: 'anyone',
    answer: Readiness,
  }),
  getServicesHealth: endpoint({
    method: 'get',
    path: '/health/services',
    summary: 'Each service that MCPbox leans on; with details for a signed-in admin',
    access: 'anyone',
    answer: ServicesHealth,
  }),
  getCircuits: endpoint({
    method: 'get',
    path: '/health/circuits',
    summary: 'The circuit breakers of this process',
    access: 'anyone',
    answer: CircuitsHealth,
  }),
  resetCircuits: endpoint({
    method: 'post',
    path: '/health/circuits/reset',
    summary: 'Closes them all',
    answer: CircuitsHealth,
  }),
}
