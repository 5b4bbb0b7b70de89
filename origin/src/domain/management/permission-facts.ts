import type { JsonObject } from '#contract/json.ts'
import { lineText } from '#contract/manifest.ts'
import type { PermissionRequest } from '../permissions/permission.ts'

/** A question about a permission as management tools tell it. */
export function requestFacts(request: PermissionRequest): JsonObject & { state: string } {
  return {
    id: request.id,
    state: request.state,
    server: request.server,
    tool: request.tool,
    line: lineText(request),
    justification: request.justification,
    requested_at: request.requestedAt.toISOString(),
    decided_by: request.decidedBy,
    reason: request.reason,
  }
}
