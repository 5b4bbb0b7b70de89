import { Hono } from 'hono'
import { deleteCookie, setCookie } from 'hono/cookie'
import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import { changePassword, setUp, signIn } from '../../domain/admins/sign-in.ts'
import type { Stores, Within } from '../../domain/stores.ts'
import { serve } from './api/serve.ts'
import { byAdmin, seenOf } from './seen.ts'
import { BEARER_LASTS_S, bearerFor, COOKIE, signedIn, type AdminEnv } from './signed-in.ts'

/** `/auth`: the first admin, signing in and out, changing one’s password. */
export function authRoutes(parts: { stores: Stores; within: Within; bearerKey: string }) {
  const { stores, within, bearerKey } = parts
  const routes = new Hono<AdminEnv>()
  for (const path of ['/auth/me', '/auth/logout', '/auth/password'])
    routes.use(path, signedIn(stores.admins, bearerKey))

  serve(routes, ENDPOINTS.getSetupStatus, async () => ({
    setup_required: !(await stores.admins.any()),
  }))

  serve(routes, ENDPOINTS.setUp, async ({ body, c }) => {
    const { setup_token: setupToken, ...who } = body
    await setUp(within, { setupToken, ...who }, seenOf(c))
    return { username: who.username }
  })

  serve(routes, ENDPOINTS.signIn, async ({ body, c }) => {
    const entered = await signIn(stores, body, seenOf(c))
    setCookie(c, COOKIE, entered.token, {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      expires: entered.expiresAt,
      secure: new URL(c.req.url).protocol === 'https:',
    })
    return {
      access_token: await bearerFor(entered.signInId, bearerKey),
      token_type: 'bearer' as const,
      expires_in: BEARER_LASTS_S,
    }
  })

  serve(routes, ENDPOINTS.getMe, async ({ c }) => ({ username: c.get('admin').username }))

  serve(routes, ENDPOINTS.signOut, async ({ c }) => {
    await stores.admins.removeSignIn(c.get('signInId'))
    await stores.activity.record({
      ...byAdmin(c),
      action: 'admin.signed_out',
      subject: c.get('admin').username,
    })
    deleteCookie(c, COOKIE, { path: '/' })
    return undefined
  })

  serve(routes, ENDPOINTS.changePassword, async ({ body, c }) => {
    const signedInAs = { admin: c.get('admin'), signInId: c.get('signInId') }
    await changePassword(stores, within, signedInAs, body, seenOf(c))
    return undefined
  })

  return routes
}
