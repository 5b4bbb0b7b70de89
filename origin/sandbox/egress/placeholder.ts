import type { BoundSecret } from '#contract/egress.ts'
import { type HostGrant, readHostGrant } from '#contract/host-grant.ts'
import { coverOf } from './approval.ts'
import { type Header, requireWellFormed } from './headers.ts'
import { Refused } from './refusal.ts'
import { readTarget, type Target } from './target.ts'
import type { Withdrawn } from './withdrawn.ts'

/** `{{secret:NAME}}`, also as URL and form encoders write it (RFC 3986, 2.1). */
const PLACEHOLDER = /(?:\{|%7[Bb]){2}secret(?::|%3[Aa])([A-Z][A-Z0-9_]{0,99})(?:\}|%7[Dd]){2}/g

/** Texts that are read for placeholders; anything else goes out byte for byte. */
const TEXT =
  /^(?:text\/|application\/(?:[\w.+-]*\+)?(?:json|xml|javascript|x-www-form-urlencoded|graphql))/i
const FORM = /^application\/x-www-form-urlencoded/i
const JSON_TEXT = /^application\/(?:[\w.+-]*\+)?json/i
const BASIC = /^Basic +([A-Za-z0-9+/]+=*)$/i

type Encode = (value: string) => string
type Fill = (text: string) => string

/**
 * Fills secrets in for one target. Throws Refused for a secret that is unknown, or not meant for the
 * target or for the place in the request.
 */
export type Filler = {
  url(target: Target): Target
  headers(headers: readonly Header[]): Header[]
  body(body: Buffer, contentType: string | null): Buffer
}

/** Without a port, a host means its usual one; for a secret, that of https alone. */
function namesPort(grant: HostGrant): boolean {
  return readHostGrant(grant).port !== null
}

/**
 * Puts values in the place of placeholders, for this destination only; another hop needs another
 * filler. It throws Refused where a secret may not go, so nothing half filled is ever sent.
 */
export function fillerFor(
  secrets: readonly BoundSecret[],
  withdrawn: Withdrawn,
  destination: Target,
): Filler {
  const fill = (text: string, encode: Encode, header: string | null = null) =>
    text.replace(PLACEHOLDER, (_, name: string) => encode(valueFor(name, header)))

  /** `header` is the lower-case name of the one it stands in; null anywhere else. */
  function valueFor(name: string, header: string | null): string {
    const places = secrets.filter((known) => known.name === name)
    if (places.length === 0) throw new Refused({ reason: 'unknown_secret', secret: name })
    const { host } = destination
    const there = places.filter((place) => coverOf([place.host], destination) !== null)
    if (there.length === 0) throw new Refused({ reason: 'secret_not_for_host', secret: name, host })
    const here = there.filter((place) => destination.secure || namesPort(place.host))
    if (here.length === 0) throw new Refused({ reason: 'secret_not_in_clear', secret: name, host })
    const fitting = here.filter((place) => place.header === null || place.header === header)
    const secret = fitting.find((place) => !withdrawn.secret(place))
    if (secret !== undefined) return secret.value
    if (fitting.length > 0) throw new Refused({ reason: 'withdrawn', line: `secret ${name}` })
    const headers = here.flatMap((place) => place.header ?? [])
    throw new Refused({ reason: 'secret_not_for_place', secret: name, host, headers })
  }

  return {
    url({ url }) {
      const filled = new URL(url)
      filled.pathname = fill(url.pathname, encodeURIComponent)
      filled.search = fill(url.search, encodeURIComponent)
      return readTarget(filled.href)
    },
    headers: (headers) =>
      headers.map(([name, value]) => {
        const inThis: Fill = (text) => fill(text, asIs, name.toLowerCase())
        const filled = fillBasic(value, inThis) ?? inThis(value)
        requireWellFormed(name, filled)
        return [name, filled]
      }),
    body(body, contentType) {
      if (contentType !== null && !TEXT.test(contentType)) return body
      const text = body.toString('utf8')
      if (!bearsPlaceholder(text)) return body
      return Buffer.from(fill(text, encoderFor(contentType ?? '')))
    },
  }
}

/** Whether a text, or the credentials inside a Basic header, names a secret. */
export function bearsPlaceholder(text: string): boolean {
  return text.search(PLACEHOLDER) >= 0 || unpackBasic(text).search(PLACEHOLDER) >= 0
}

/** Basic credentials (RFC 7617) hide a placeholder from sight: it is filled in beneath the base64. */
function fillBasic(value: string, fill: Fill): string | null {
  const credentials = unpackBasic(value)
  if (credentials.search(PLACEHOLDER) < 0) return null
  return `Basic ${Buffer.from(fill(credentials)).toString('base64')}`
}

function unpackBasic(value: string): string {
  return Buffer.from(BASIC.exec(value)?.[1] ?? '', 'base64').toString('utf8')
}

function encoderFor(contentType: string): Encode {
  if (FORM.test(contentType)) return encodeURIComponent
  return JSON_TEXT.test(contentType) ? (value) => JSON.stringify(value).slice(1, -1) : asIs
}

function asIs(value: string): string {
  return value
}
