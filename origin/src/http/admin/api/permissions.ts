import type { Hono } from 'hono'
import { z } from 'zod'
import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import type { PermissionView } from '#contract/admin-door/permissions.ts'
import {
  expirePermission,
  grantPermission,
  permissionUnknown,
  revokePermission,
} from '../../../domain/permissions/change.ts'
import type { Permission } from '../../../domain/permissions/permission.ts'
import type { Stores, Within } from '../../../domain/stores.ts'
import { seenOf } from '../seen.ts'
import type { AdminEnv } from '../signed-in.ts'
import { assertMatch, tagged } from './etags.ts'
import { cursorOf, page } from './pages.ts'
import { serve } from './serve.ts'
import { idOr, termView, timeOrNull } from './term-view.ts'

const byId = cursorOf(z.object({ id: z.uuid() }))

/** What stands permitted to drafts under trial. */
export function permissionRoutes(
  routes: Hono<AdminEnv>,
  { stores, within }: { stores: Stores; within: Within },
): void {
  const permissionId = (text: string) => idOr(permissionUnknown, text)
  const permission = async ({ permissions }: Pick<Stores, 'permissions'>, id: string) =>
    (await permissions.permission(permissionId(id))) ?? permissionUnknown()

  serve(routes, ENDPOINTS.listPermissions, async ({ query: { limit, cursor, server } }) => {
    const after = byId.read(cursor)?.id ?? null
    const rows = await stores.permissions.list({ server }, { after, limit: limit + 1 })
    return page(rows, limit, { view: permissionView, cursor: byId, key: ({ id }) => ({ id }) })
  })

  serve(routes, ENDPOINTS.getPermission, async ({ params: { id }, c }) =>
    tagged(c, permissionView(await permission(stores, id))),
  )

  serve(routes, ENDPOINTS.grantPermission, async ({ body, c }) => {
    const { expires_at: until, ...subject } = body
    const granted = await within((inside) =>
      grantPermission(inside, c.get('admin'), subject, timeOrNull(until), seenOf(c)),
    )
    return tagged(c, permissionView(granted))
  })

  serve(routes, ENDPOINTS.revokePermission, async ({ params: { id }, body: { reason }, c }) =>
    permissionView(
      await within((inside) =>
        revokePermission(inside, c.get('admin'), permissionId(id), reason, seenOf(c)),
      ),
    ),
  )

  serve(routes, ENDPOINTS.expirePermission, async ({ params: { id }, body, c }) => {
    const changed = await within(async (inside) => {
      await inside.permissions.lock(await permission(inside, id))
      assertMatch(c, permissionView(await permission(inside, id)))
      const at = timeOrNull(body.expires_at)
      return expirePermission(inside, c.get('admin'), permissionId(id), at, seenOf(c))
    })
    return tagged(c, permissionView(changed))
  })
}

function permissionView(permission: Permission): PermissionView {
  return {
    id: permission.id,
    server: permission.server,
    tool: permission.tool,
    kind: permission.kind,
    value: permission.value,
    granted_by: permission.grantedBy,
    granted_at: permission.grantedAt.toISOString(),
    ...termView(permission),
  }
}
