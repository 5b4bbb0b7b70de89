import { pino } from 'pino'
import { PROBLEM_TYPE, ProblemBody } from '#contract/problem.ts'
import type { Door } from '../http/door.ts'

/** A log that keeps its lines. */
export function keptLog() {
  const lines: string[] = []
  return {
    log: pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) }),
    lines,
  }
}

export interface Asked {
  method?: string
  headers?: Record<string, string>
  /** Text or bytes as they are, a stream as chunks without a length, anything else as JSON. */
  body?: unknown
  /** Address of the one who asks. */
  from?: string
  host?: string
}

/** Asks a door as the HTTP server would. */
export async function ask(door: Door, path: string, asked: Asked = {}): Promise<Response> {
  const { method = 'GET', from = '127.0.0.1', host = 'localhost:3000' } = asked
  const body = bodyOf(asked.body)
  const headers = new Headers({ host, ...asked.headers })
  if (asked.body !== undefined && !headers.has('content-type'))
    headers.set('content-type', 'application/json')
  return door.request(
    `http://${host}${path}`,
    { method, headers, ...(body === undefined ? {} : { body, duplex: 'half' as const }) },
    { incoming: { socket: { remoteAddress: from } } },
  )
}

/** Status and code of a refusal, after a look that it tells nothing about our inside. */
export async function refusalOf(response: Response): Promise<[number, string]> {
  const text = await response.text()
  if (/\\n\s+at |node_modules|origin\/src|select |insert |Error:/i.test(text))
    throw new Error(`a refusal tells about our inside: ${text.slice(0, 500)}`)
  const body = ProblemBody.safeParse(JSON.parse(text))
  if (
    !body.success ||
    response.headers.get('content-type') !== PROBLEM_TYPE ||
    body.data.status !== response.status ||
    body.data.request_id !== response.headers.get('x-request-id')
  )
    throw new Error(`this is not a problem body: ${text}`)
  return [response.status, body.data.code]
}

/** A body of so many bytes that nobody said the length of. */
export function endless(bytes: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = bytes
  return new ReadableStream({
    pull(controller) {
      const chunk = new Uint8Array(Math.min(left, 64 * 1024)).fill(0x20)
      left -= chunk.length
      if (chunk.length === 0) controller.close()
      else controller.enqueue(chunk)
    },
  })
}

function bodyOf(body: unknown) {
  if (body === undefined || typeof body === 'string' || body instanceof ReadableStream) return body
  if (body instanceof Uint8Array) return new Uint8Array(body)
  return JSON.stringify(body)
}
