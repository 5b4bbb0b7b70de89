import { z } from 'zod'

/** HTTPS, or plain HTTP to this very machine (a test issuer, an origin beside `wrangler dev`). */
const ServiceUrl = z.url({ abort: true }).refine((text) => {
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname))
}, 'must be https, or http on localhost')

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

const Secret = z.string().min(32)

const List = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
)

const Bindings = z
  .object({
    /** `https://<team>.cloudflareaccess.com`, exactly as tokens name it. */
    ACCESS_ISSUER: ServiceUrl,
    /** Audience tags of the Access applications that may send people here, with commas between. */
    ACCESS_AUDIENCES: List.pipe(z.array(z.string()).min(1)),
    /** Where the issuer's keys are, when they are not where Access has them. */
    ACCESS_JWKS_URL: ServiceUrl.optional(),
    /** The origin's tunnel door. */
    ORIGIN_URL: ServiceUrl,
    /** Web origins that a browser may call from, with commas between; none unless said. */
    ALLOWED_ORIGINS: List.default([]),
    /** Travels with every request to the origin. */
    SERVICE_TOKEN: Secret,
    /** Signs the statement about each request; never travels. */
    ASSERTION_KEY: Secret,
    /** Signs session ids. */
    SESSION_KEY: Secret,
  })
  .refine((is) => new Set([is.SERVICE_TOKEN, is.ASSERTION_KEY, is.SESSION_KEY]).size === 3, {
    message: 'SERVICE_TOKEN, ASSERTION_KEY and SESSION_KEY must differ',
  })

/** The Worker's settings, checked. */
export interface Config {
  access: { issuer: string; audiences: string[]; jwksUrl: URL }
  origin: { url: URL; serviceToken: string; assertionKey: string }
  sessionKey: string
  allowedOrigins: string[]
}

export type ReadConfig = { ok: true; config: Config } | { ok: false; missing: string }

/** Reads the bindings. What is missing or wrong is named by its variable, never by its value. */
export function readConfig(bindings: unknown): ReadConfig {
  const parsed = Bindings.safeParse(bindings)
  if (!parsed.success) return { ok: false, missing: parsed.error.issues.map(nameOf).join(', ') }
  const is = parsed.data
  return {
    ok: true,
    config: {
      access: {
        issuer: is.ACCESS_ISSUER,
        audiences: is.ACCESS_AUDIENCES,
        jwksUrl: new URL(is.ACCESS_JWKS_URL ?? `${is.ACCESS_ISSUER}/cdn-cgi/access/certs`),
      },
      origin: {
        url: new URL(is.ORIGIN_URL),
        serviceToken: is.SERVICE_TOKEN,
        assertionKey: is.ASSERTION_KEY,
      },
      sessionKey: is.SESSION_KEY,
      allowedOrigins: is.ALLOWED_ORIGINS,
    },
  }
}

function nameOf(issue: z.core.$ZodIssue): string {
  return issue.path.length > 0 ? issue.path.join('.') : issue.message
}
