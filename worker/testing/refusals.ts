import { locationOf } from './browser.ts'
import { REDIRECT, STATE } from './oauth-client.ts'
import { WORKER } from './oauth-worker.ts'

/**
 * How a request of a sign-in was refused, in words: `page 400 <code>` to the person alone,
 * `redirect <error>` to the client, or `<status> <error>` as JSON.
 */
export async function refusalIn(response: Response): Promise<string> {
  const { status, headers } = response
  if (status === 302) return `redirect ${errorAt(locationOf(response))}`
  const text = await response.text()
  if (headers.has('location')) return `${status} with a location`
  if (headers.get('content-type') === 'application/json')
    return `${status} ${JSON.parse(text).error}`
  if (text.includes('<form')) return `${status} with a form`
  return `page ${status} ${/<p class="code">(\w+)<\/p>/.exec(text)?.[1]}`
}

/** The error that a client is sent back with, to where it said, with its state and no code. */
export function errorAt(back: URL): string | null {
  const { searchParams } = back
  const isWhole =
    back.origin + back.pathname === REDIRECT &&
    searchParams.get('state') === STATE &&
    searchParams.get('iss') === WORKER &&
    !searchParams.has('code')
  return isWhole ? searchParams.get('error') : `not the client’s: ${back.href}`
}
