import { isIP } from 'node:net'
import type { RecordedAnswer } from '#contract/recorded-answers.ts'
import { assertReachable } from './locate.ts'
import { Refused } from './refusal.ts'
import type { Way } from './way.ts'

/**
 * Requests are answered by what was recorded, and by nobody else: there is no network behind it. Of
 * several records that fit, each answers once, in their order, and the last of them from then on.
 */
export function fromRecord(answers: readonly RecordedAnswer[]): Way {
  const left = [...answers]

  function take(method: string, url: URL): RecordedAnswer | null {
    const fitting = left.filter((answer) => answer.method === method && isFor(answer, url))
    const [first] = fitting
    if (first !== undefined && fitting.length > 1) left.splice(left.indexOf(first), 1)
    return first ?? null
  }

  return {
    async carry({ target, cover, method }, leaving, signal) {
      signal.throwIfAborted()
      if (isIP(target.host) !== 0) assertReachable(target.host, target.host, cover)
      const answer = take(method, target.url)
      if (answer === null)
        throw new Refused({ reason: 'not_recorded', method, url: target.url.href })
      leaving()
      const headers = withType(answer)
      const valueOf = (wanted: string) =>
        headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? null
      return {
        status: answer.status,
        rawHeaders: headers.flat(),
        location: valueOf('location'),
        // A record holds the text itself, whatever its headers say of how it once travelled.
        encoding: null,
        body: once(bodyOf(answer)),
        close: () => undefined,
      }
    },
  }
}

function isFor({ url: recorded }: RecordedAnswer, url: URL): boolean {
  const known = URL.parse(recorded)
  if (known === null || known.origin !== url.origin || known.pathname !== url.pathname) return false
  return known.search === '' || sameQuery(known.searchParams, url.searchParams)
}

function sameQuery(one: URLSearchParams, other: URLSearchParams): boolean {
  const sorted = (query: URLSearchParams) => JSON.stringify([...query].map(String).sort())
  return sorted(one) === sorted(other)
}

function withType({ headers, body }: RecordedAnswer): [string, string][] {
  const given = Object.entries(headers)
  const isTyped = given.some(([name]) => name.toLowerCase() === 'content-type')
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json'
  return isTyped ? given : [...given, ['content-type', type]]
}

function bodyOf({ body }: RecordedAnswer): Buffer {
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

async function* once(body: Buffer): AsyncGenerator<Buffer, void, void> {
  if (body.length > 0) yield body
}
