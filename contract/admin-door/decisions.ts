import { z } from 'zod'
import { DecisionRequest, VersionView } from '../admin-api.ts'
import { ProblemBody } from '../problem.ts'

/** `POST /api/approvals/decisions`: each is made or refused by itself. */
export const DecisionsRequest = z.strictObject({
  decisions: z
    .array(DecisionRequest.extend({ approval: z.uuid() }))
    .min(1)
    .max(100),
})

/** In the order of the request. */
export const DecisionsMade = z.object({
  items: z.array(
    z.object({
      approval: z.uuid(),
      version: VersionView.nullable(),
      problem: ProblemBody.nullable(),
    }),
  ),
})
