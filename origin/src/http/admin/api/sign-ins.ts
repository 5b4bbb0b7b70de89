import type { Hono } from 'hono'
import { z } from 'zod'
import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import type { KeptSignIn } from '../../../domain/admins/admin-store.ts'
import { refuse } from '../../../domain/refusal.ts'
import type { Stores, Within } from '../../../domain/stores.ts'
import { byAdmin } from '../seen.ts'
import type { AdminEnv } from '../signed-in.ts'
import { cursorOf, cursorTime, page } from './pages.ts'
import { serve } from './serve.ts'

const byAge = cursorOf(z.object({ createdAt: cursorTime, id: z.uuid() }))

/** An admin's own sign-ins. */
export function signInRoutes(
  routes: Hono<AdminEnv>,
  { stores, within }: { stores: Stores; within: Within },
): void {
  serve(routes, ENDPOINTS.listSignIns, async ({ query: { limit, cursor }, c }) => {
    const after = byAge.read(cursor)
    const rows = await stores.admins.signInsOf(c.get('admin').id, { after, limit: limit + 1 })
    return page(rows, limit, {
      view: (row) => ({
        id: row.id,
        address: row.address,
        client: row.client,
        created_at: row.createdAt.toISOString(),
        expires_at: row.expiresAt.toISOString(),
        current: row.id === c.get('signInId'),
      }),
      cursor: byAge,
      key: ({ createdAt, id }: KeptSignIn) => ({ createdAt, id }),
    })
  })

  serve(routes, ENDPOINTS.endSignIn, async ({ params: { id }, c }) => {
    const { id: adminId, username } = c.get('admin')
    await within(async ({ admins, activity }) => {
      if (!(await admins.removeSignInOf(adminId, id)))
        refuse('not_found', 'You have no such sign-in, or no more.')
      await activity.record({
        ...byAdmin(c),
        action: 'admin.sign_in_ended',
        subject: username,
        details: { sign_in: id },
      })
    })
    return undefined
  })
}
