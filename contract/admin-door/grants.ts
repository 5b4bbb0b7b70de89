import { z } from 'zod'
import { TermView, VersionState } from '../admin-api.ts'
import { LineKind } from '../manifest.ts'
import { Name } from '../names.ts'
import { pageOf, pageQuery } from './page.ts'

/** A line of a version's manifest, as it was approved. */
export const GrantView = z.object({
  id: z.uuid(),
  server: Name,
  tool: Name,
  version: z.int(),
  state: VersionState,
  hash: z.string(),
  kind: LineKind,
  value: z.string(),
  granted_at: z.iso.datetime(),
  ...TermView.shape,
})
export type GrantView = z.infer<typeof GrantView>
/** In an order that stays the same. */
export const GrantList = pageOf(GrantView)
export const GrantQuery = z.strictObject({
  ...pageQuery,
  server: Name.optional(),
  tool: Name.optional(),
  versions: z.enum(['live', 'all']).default('live').describe('Of which versions'),
})
