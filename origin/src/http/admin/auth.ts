import { Hono } from 'hono'
import { deleteCookie, setCookie } from 'hono/cookie'
import { LoginRequest, SetupRequest, type LoginResponse } from '#contract/admin-api.ts'
import { setUp, signIn } from '../../domain/admins/sign-in.ts'
import type { Stores, Within } from '../../domain/stores.ts'
import { readBody } from '../body.ts'
import { BEARER_LASTS_S, bearerFor, COOKIE, signedIn, type AdminEnv } from './signed-in.ts'

/** `/auth`: the first admin, signing in and out. */
export function authRoutes(parts: { stores: Stores; within: Within; bearerKey: string }) {
  const { stores, within, bearerKey } = parts
  const routes = new Hono<AdminEnv>()

  routes.get('/status', async (c) => c.json({ setup_required: !(await stores.admins.any()) }))

  routes.post('/setup', async (c) => {
    const { setup_token: setupToken, ...who } = await readBody(c, SetupRequest)
    await setUp(within, { setupToken, ...who })
    return c.json({ username: who.username }, 201)
  })

  routes.post('/login', async (c) => {
    const asked = await readBody(c, LoginRequest)
    const address = c.env.incoming.socket.remoteAddress ?? 'unknown'
    const entered = await signIn(stores, { ...asked, address })
    setCookie(c, COOKIE, entered.token, {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      expires: entered.expiresAt,
      secure: new URL(c.req.url).protocol === 'https:',
    })
    return c.json({
      access_token: await bearerFor(entered.signInId, bearerKey),
      token_type: 'bearer',
      expires_in: BEARER_LASTS_S,
    } satisfies LoginResponse)
  })

  routes.use('/me', signedIn(stores.admins, bearerKey))
  routes.get('/me', (c) => c.json({ username: c.get('admin').username }))

  routes.use('/logout', signedIn(stores.admins, bearerKey))
  routes.post('/logout', async (c) => {
    const { username } = c.get('admin')
    await stores.admins.removeSignIn(c.get('signInId'))
    await stores.activity.record({
      actor: `admin:${username}`,
      action: 'admin.signed_out',
      subject: username,
    })
    deleteCookie(c, COOKIE, { path: '/' })
    return c.body(null, 204)
  })

  return routes
}
