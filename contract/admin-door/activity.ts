import { z } from 'zod'
import { JsonObject } from '../json.ts'
import { ClientInfo } from '../operation.ts'
import { pageOf, pageQuery, soughtText, time } from './page.ts'

/** One thing that happened: what, to what, by whom, with what, from where. */
export const ActivityView = z.object({
  id: z.int(),
  at: z.iso.datetime(),
  /** Key of a principal, `admin:<name>`, `secret_link:<id>`, `policy:<rule>`, `housekeeping`, or `nobody`. */
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  details: JsonObject,
  client: ClientInfo.nullable(),
  /** Null where nobody knows it. */
  address: z.string().nullable(),
  request_id: z.string().nullable(),
})
export type ActivityView = z.infer<typeof ActivityView>

const filter = {
  actor: soughtText(300).optional(),
  action: soughtText(100).optional().describe('An action, or the family before its dot'),
  subject: soughtText(300).optional(),
  request_id: soughtText(100).optional(),
  text: soughtText(200).optional().describe('Anywhere in actor, subject or details'),
}

/** `GET /api/activity` */
export const ActivityQuery = z.strictObject({
  ...pageQuery,
  ...filter,
  since: time.optional(),
  until: time.optional().describe('Before this, not at it'),
})

/** `GET /api/activity/stream` and `GET /api/activity/ws` */
export const ActivityFeedQuery = z.strictObject({
  ...filter,
  after: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .describe('Id of the last one that was seen; left out: from now on'),
})

/** Newest first. */
export const ActivityList = pageOf(ActivityView)
