import { SANDBOX_KEY_HEADER } from '#contract/sandbox.ts'
import { sandboxUnreachable } from '../domain/sandbox.ts'
import { lines } from './ndjson.ts'

/** Sends one request to the sandbox. Throws a TypeError when the connection fails, as fetch does. */
export type Send = (path: string, init?: RequestInit) => Promise<Response>

/** The way to the sandbox at an address. Bodies are JSON. */
export function connectionTo({ url, apiKey }: { url: string; apiKey: string }): Send {
  const headers = { [SANDBOX_KEY_HEADER]: apiKey, 'content-type': 'application/json' }
  return (path, init) => fetch(new URL(path, url), { ...init, headers })
}

/** Throws, with what the sandbox said, when an answer is not one of success. */
export async function assertOk(response: Response): Promise<void> {
  if (!response.ok)
    throw new Error(`the sandbox answered ${response.status}: ${await response.text()}`)
}

/** The JSON lines of an answer, none longer than so many bytes. A broken stream throws a TypeError. */
export async function* jsonLines(response: Response, maxBytes: number): AsyncGenerator {
  if (response.body === null) throw new Error('the sandbox sent no stream')
  for await (const line of lines(response.body, maxBytes)) yield JSON.parse(line)
}

/**
 * What `work` gives within so many milliseconds; its signal ends then, and when `stop` does, whose
 * reason is thrown.
 * @throws Refusal sandbox_unreachable when it took longer, or the connection failed
 */
export async function reached<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { stop, ms }: { stop: AbortSignal; ms: number },
): Promise<T> {
  const late = AbortSignal.timeout(ms)
  try {
    return await work(AbortSignal.any([stop, late]))
  } catch (fault) {
    stop.throwIfAborted()
    if (late.aborted || fault instanceof TypeError) return sandboxUnreachable()
    throw fault
  }
}
