import { z } from 'zod'
import { AccessBindings, toAccess, type AccessSettings } from './auth/access-settings.ts'
import { OAuthBindings, toOAuth, type OAuthSettings } from './auth/oauth-settings.ts'
import { List, originOnly, Secret, ServiceUrl } from './bindings.ts'
import { OriginBindings, toOrigin, type OriginSettings } from './origin/origin-settings.ts'

const Common = OriginBindings.extend({
  /** Where clients reach this Worker, as they type it, up to the path. */
  PUBLIC_URL: ServiceUrl.refine(...originOnly),
  /** Web origins that a browser may call from, with commas between; none unless said. */
  ALLOWED_ORIGINS: List.default([]),
  /** Requests that one principal may send in a minute. */
  RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(1).max(100_000).default(100),
  /** Signs session ids. */
  SESSION_KEY: Secret,
})

const Bindings = z
  .discriminatedUnion('AUTH_MODE', [
    Common.extend(AccessBindings.shape),
    Common.extend(OAuthBindings.shape),
  ])
  .refine((is) => new Set([is.SERVICE_TOKEN, is.ASSERTION_KEY, is.SESSION_KEY]).size === 3, {
    message: 'SERVICE_TOKEN, ASSERTION_KEY and SESSION_KEY must differ',
  })

/** The Worker's settings, checked. */
export interface Config {
  publicUrl: string
  auth: AccessSettings | OAuthSettings
  origin: OriginSettings
  sessionKey: string
  allowedOrigins: string[]
  ratePerMinute: number
}

export type ReadConfig = { ok: true; config: Config } | { ok: false; missing: string }

/** Reads the bindings. What is missing or wrong is named by its variable, never by its value. */
export function readConfig(bindings: object): ReadConfig {
  const parsed = Bindings.safeParse({ AUTH_MODE: 'access', ...defined(bindings) })
  if (!parsed.success) return { ok: false, missing: parsed.error.issues.map(nameOf).join(', ') }
  const is = parsed.data
  const origin = toOrigin(is)
  if ('missing' in origin) return { ok: false, missing: origin.missing }
  return {
    ok: true,
    config: {
      publicUrl: is.PUBLIC_URL,
      auth: is.AUTH_MODE === 'access' ? toAccess(is) : toOAuth(is),
      origin,
      sessionKey: is.SESSION_KEY,
      allowedOrigins: is.ALLOWED_ORIGINS,
      ratePerMinute: is.RATE_LIMIT_PER_MINUTE,
    },
  }
}

function defined(bindings: object): object {
  return Object.fromEntries(Object.entries(bindings).filter(([, value]) => value !== undefined))
}

function nameOf(issue: z.core.$ZodIssue): string {
  return issue.path.length > 0 ? issue.path.join('.') : issue.message
}
