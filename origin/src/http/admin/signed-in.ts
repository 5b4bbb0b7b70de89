import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { getCookie } from 'hono/cookie'
import { errors, jwtVerify, SignJWT } from 'jose'
import type { Admin, AdminStore } from '../../domain/admins/admin-store.ts'
import { sha256 } from '../../domain/admins/sign-in.ts'
import { refuse } from '../../domain/refusal.ts'
import type { DoorEnv } from '../door.ts'

export const COOKIE = 'mcpbox_sign_in'
export const BEARER_LASTS_S = 900
const ISSUER = 'mcpbox-admin'

export type AdminEnv = DoorEnv & {
  Variables: DoorEnv['Variables'] & {
    admin: Admin
    signInId: string
    /** Milliseconds since 1970; a stream must not outlast it. */
    goodUntil: number
  }
}

/** A bearer for scripts (RFC 6750): a JWT that names a sign-in, good while that is. */
export function bearerFor(signInId: string, key: string): Promise<string> {
  return new SignJWT({ sid: signInId })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(ISSUER)
    .setIssuedAt()
    .setExpirationTime(`${BEARER_LASTS_S} s`)
    .sign(new TextEncoder().encode(key))
}

/**
 * Lets in signed-in admins: by cookie, then only from our own pages, or by bearer. The sign-in is
 * looked up each time, so signing out counts at once.
 * @throws Refusal unauthenticated, token_invalid, token_expired, origin_not_allowed
 */
export function signedIn(admins: AdminStore, bearerKey: string) {
  return createMiddleware<AdminEnv>(async (c, next) => {
    const found = await signInOf(c, admins, bearerKey)
    if (found === null) return refuse('unauthenticated', 'Sign in first.')
    c.set('admin', found.admin)
    c.set('signInId', found.signInId)
    c.set('goodUntil', found.goodUntil)
    await next()
  })
}

/**
 * The sign-in that a request comes with; null when it comes with none.
 * @throws Refusal unauthenticated, token_invalid, token_expired, origin_not_allowed
 */
export async function signInOf(c: Context, admins: AdminStore, bearerKey: string) {
  const bearer = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
  const cookie = getCookie(c, COOKIE)
  let by: Parameters<AdminStore['signedIn']>[0]
  let goodUntil = Infinity
  if (bearer !== undefined) {
    const { sid, exp } = await readBearer(bearer, bearerKey)
    by = { id: sid }
    goodUntil = exp * 1000
  } else if (cookie !== undefined) {
    assertOwnPage(c)
    by = { tokenHash: sha256(cookie) }
  } else {
    return null
  }
  const found = await admins.signedIn(by)
  if (found === null) return refuse('unauthenticated', 'This sign-in has ended; sign in again.')
  return { ...found, goodUntil }
}

async function readBearer(bearer: string, key: string): Promise<{ sid: string; exp: number }> {
  try {
    const { payload } = await jwtVerify<{ sid: string; exp: number }>(
      bearer,
      new TextEncoder().encode(key),
      {
        algorithms: ['HS256'],
        issuer: ISSUER,
        requiredClaims: ['sid', 'exp'],
      },
    )
    return payload
  } catch (fault) {
    if (fault instanceof errors.JWTExpired)
      return refuse('token_expired', 'The bearer has expired.')
    if (fault instanceof errors.JOSEError) return refuse('token_invalid', 'The bearer is not ours.')
    throw fault
  }
}

/** A cookie travels with requests that other sites cause; those that change something are refused. */
function assertOwnPage(c: Context): void {
  const reads = c.req.method === 'GET' || c.req.method === 'HEAD'
  // No browser keeps the page of another site from reading what comes out of a WebSocket.
  if (reads && c.req.header('upgrade') === undefined) return
  const origin = c.req.header('origin')
  if (origin === undefined || URL.parse(origin)?.host !== c.req.header('host'))
    refuse('origin_not_allowed', 'Only MCPbox’s own pages may do this with a cookie.')
}
