import type { Hono } from 'hono'
import { z } from 'zod'
import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import type { GrantView } from '#contract/admin-door/grants.ts'
import {
  expireGrant,
  grantUnknown,
  restoreGrant,
  revokeGrant,
} from '../../../domain/grants/change.ts'
import type { Grant } from '../../../domain/grants/grant.ts'
import type { Stores, Within } from '../../../domain/stores.ts'
import { seenOf } from '../seen.ts'
import type { AdminEnv } from '../signed-in.ts'
import { assertMatch, tagged } from './etags.ts'
import { cursorOf, page } from './pages.ts'
import { serve } from './serve.ts'
import { idOr, termView, timeOrNull } from './term-view.ts'

const byId = cursorOf(z.object({ id: z.uuid() }))

/** Lines of approved versions. */
export function grantRoutes(
  routes: Hono<AdminEnv>,
  { stores, within }: { stores: Stores; within: Within },
): void {
  const grantId = (text: string) => idOr(grantUnknown, text)
  const grant = async ({ grants }: Pick<Stores, 'grants'>, id: string) =>
    (await grants.grant(grantId(id))) ?? grantUnknown()

  serve(routes, ENDPOINTS.listGrants, async ({ query: { limit, cursor, versions, ...of } }) => {
    const after = byId.read(cursor)?.id ?? null
    const filter = { ...of, all: versions === 'all' }
    const rows = await stores.grants.list(filter, { after, limit: limit + 1 })
    return page(rows, limit, { view: grantView, cursor: byId, key: ({ id }) => ({ id }) })
  })

  serve(routes, ENDPOINTS.getGrant, async ({ params: { id }, c }) =>
    tagged(c, grantView(await grant(stores, id))),
  )

  serve(routes, ENDPOINTS.revokeGrant, async ({ params: { id }, body: { reason }, c }) =>
    grantView(
      await within((inside) => revokeGrant(inside, c.get('admin'), grantId(id), reason, seenOf(c))),
    ),
  )

  serve(routes, ENDPOINTS.restoreGrant, async ({ params: { id }, c }) =>
    grantView(
      await within((inside) => restoreGrant(inside, c.get('admin'), grantId(id), seenOf(c))),
    ),
  )

  serve(routes, ENDPOINTS.expireGrant, async ({ params: { id }, body, c }) => {
    const changed = await within(async (inside) => {
      await inside.tools.lock((await grant(inside, id)).version.toolId)
      assertMatch(c, grantView(await grant(inside, id)))
      const at = timeOrNull(body.expires_at)
      return expireGrant(inside, c.get('admin'), grantId(id), at, seenOf(c))
    })
    return tagged(c, grantView(changed))
  })
}

function grantView(grant: Grant): GrantView {
  return {
    id: grant.id,
    server: grant.server,
    tool: grant.tool,
    version: grant.version.number,
    state: grant.version.state,
    hash: grant.version.hash,
    kind: grant.kind,
    value: grant.value,
    granted_at: grant.grantedAt.toISOString(),
    ...termView(grant),
  }
}
