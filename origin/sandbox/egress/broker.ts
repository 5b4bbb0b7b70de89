import type { BoundSecret, EgressRecord } from '#contract/egress.ts'
import type { HostGrant } from '#contract/host-grant.ts'
import { requireStanding } from './approval.ts'
import { audit, type Entry } from './audit.ts'
import { decodedBody } from './decode.ts'
import { type Header, requestHeaders, responseHeaders } from './headers.ts'
import { type Hop, nextHop } from './hop.ts'
import type { EgressLimits } from './limits.ts'
import { fillerFor } from './placeholder.ts'
import { places } from './places.ts'
import { Refused } from './refusal.ts'
import { scrubber } from './scrub.ts'
import { readTarget, type Target } from './target.ts'
import type { Withdrawn } from './withdrawn.ts'
import type { Way } from './way.ts'

const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
/** Methods for which a length of zero is said when there is no body (RFC 9110, 8.6). */
const EXPECT_BODY: readonly string[] = ['POST', 'PUT', 'PATCH']
/** Statuses without a body (RFC 9110, 15.3.5 and 15.4.5). */
const BODILESS: readonly number[] = [204, 304]

/** What one call may reach, and with what. */
export type EgressPolicy = {
  grants: readonly HostGrant[]
  secrets: readonly BoundSecret[]
  /** What of these was taken back since; looked at for each connection. */
  withdrawn: Withdrawn
  limits: EgressLimits
  way: Way
  /** Aborts when the call is over; every request ends with it. */
  signal: AbortSignal
}

export type WebRequest = {
  method: string
  url: string
  headers: readonly Header[]
  body: Buffer | null
  follow: boolean
}

export type WebResponse = {
  status: number
  headers: Header[]
  /** Where the answer came from, after redirects. */
  url: string
  /** Read once. Its end, also an early one, frees the connection. */
  body: AsyncIterable<Buffer>
  /** Frees the connection of a response whose body is not wanted. Safe to call again. */
  close: () => void
}

/** Makes the requests of one call on its behalf. */
export type Broker = {
  /** Rejects with Refused, or with the signal's reason. Texts in either are free of secrets. */
  send(request: WebRequest, signal: AbortSignal): Promise<WebResponse>
  records(): EgressRecord[]
}

type Answer = WebResponse & { target: Target; location: string | null }

/**
 * The way out of one call. There is nothing to close: the policy's signal ends every request under
 * way, and refuses later ones. The records can be read after that.
 */
export function openBroker(policy: EgressPolicy): Broker {
  const { limits, way, withdrawn } = policy
  const log = audit(policy.signal)
  const scrub = scrubber(policy.secrets)
  const room = places(limits.atOnce, limits.waiting)
  let requests = 0

  function open(method: string, target: Target | null): Entry {
    requests++
    const entry = log.open(method, target, scrub.text(target?.url.pathname ?? ''))
    if (requests <= limits.requests) return entry
    const refused = new Refused({ reason: 'too_many_requests', most: limits.requests })
    entry.end(refused)
    throw refused
  }

  /** Also what cannot be read as a request is on record. */
  function read(request: WebRequest): Hop {
    try {
      return readHop(request, limits)
    } catch (error) {
      open(request.method, null).end(error)
      throw error
    }
  }

  /** One request to one host, checked from the beginning. */
  async function step(hop: Hop, entry: Entry, signal: AbortSignal): Promise<Answer> {
    const cover = requireStanding(policy.grants, withdrawn, hop.target)
    const fill = fillerFor(policy.secrets, withdrawn, hop.target)
    const target = hop.ownUrl ? fill.url(hop.target) : hop.target
    const headers = fill.headers(hop.headers)
    const body = hop.body && fill.body(hop.body, contentType(hop.headers))
    const request = { target, cover, method: hop.method, headers, body }
    const answer = await way.carry(request, () => entry.sent(body?.length ?? 0), signal)
    const { status, location, encoding } = answer
    entry.answered(status)
    const bodiless = hop.method === 'HEAD' || BODILESS.includes(status)

    function close(): void {
      answer.close()
      entry.end()
    }
    async function* receive(): AsyncGenerator<Buffer, void, void> {
      try {
        if (bodiless) return
        const { host } = target
        const decoded = decodedBody(answer.body, { encoding, host, most: limits.bodyBytes, signal })
        for await (const chunk of decoded) {
          entry.received(chunk.length)
          yield chunk
        }
      } catch (error) {
        entry.end(error)
        throw error
      } finally {
        close()
      }
    }
    return {
      target,
      location,
      status,
      headers: responseHeaders(answer.rawHeaders, !bodiless).map(([name, value]) => [
        scrub.header(name),
        scrub.header(value),
      ]),
      url: scrub.text(target.url.href),
      body: scrub.stream(receive()),
      close,
    }
  }

  /** A server may give back, in a redirect to somewhere else, the value it was sent. */
  function assertCarriesNoSecret({ location, target }: Answer, next: Hop): void {
    if (location === null || next.target.url.origin === target.url.origin) return
    const clean = scrub.text(location)
    if (clean === location) return
    const secret = /\[secret (\w+)\]/.exec(clean)?.[1] ?? 'in the redirect'
    throw new Refused({ reason: 'secret_not_for_host', secret, host: next.target.host })
  }

  async function walk(first: Hop, follow: boolean, signal: AbortSignal): Promise<Answer> {
    let hop = first
    for (let redirects = 0; ; redirects++) {
      const entry = open(hop.method, hop.target)
      let answer: Answer | null = null
      try {
        answer = await step(hop, entry, signal)
        const next = follow ? nextHop(hop, answer.target, answer.status, answer.location) : null
        if (next === null) return answer
        assertCarriesNoSecret(answer, next)
        if (redirects === limits.redirects) throw new Refused({ reason: 'too_many_redirects' })
        answer.close()
        hop = next
      } catch (error) {
        entry.end(error)
        answer?.close()
        throw error
      }
    }
  }

  return {
    records: () => log.records(),
    async send(request, signal) {
      const both = AbortSignal.any([signal, policy.signal])
      const leave = await room.take(both)
      try {
        const { status, headers, url, body, close } = await walk(
          read(request),
          request.follow,
          both,
        )
        const end = () => {
          close()
          leave()
        }
        return { status, headers, url, body: endingWith(body, end), close: end }
      } catch (error) {
        leave()
        if (error instanceof Refused) error.message = scrub.text(error.message)
        throw error
      }
    },
  }
}

function readHop({ method, url, headers, body }: WebRequest, limits: EgressLimits): Hop {
  if (!METHODS.includes(method)) throw new Refused({ reason: 'bad_method', method })
  if (url.length > limits.urlChars) throw new Refused({ reason: 'head_too_large' })
  if ((body?.length ?? 0) > limits.bodyBytes) {
    throw new Refused({ reason: 'request_too_large', most: limits.bodyBytes })
  }
  return {
    target: readTarget(url),
    method,
    headers: requestHeaders(headers, limits),
    body: body ?? (EXPECT_BODY.includes(method) ? Buffer.alloc(0) : null),
    ownUrl: true,
  }
}

async function* endingWith(
  body: AsyncIterable<Buffer>,
  end: () => void,
): AsyncGenerator<Buffer, void, void> {
  try {
    yield* body
  } finally {
    end()
  }
}

function contentType(headers: readonly Header[]): string | null {
  return headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? null
}
