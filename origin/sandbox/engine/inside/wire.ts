import { listener, send } from './channel.ts'

/** What the broker is asked to send (sandbox/egress/message.ts). */
export type Asked = {
  method: string
  url: string
  headers: [string, string][]
  body: Buffer | null
  follow: boolean
}

export type Answered = { status: number; url: string; headers: [string, string][]; body: Buffer }

type Reply =
  | { type: 'http.response'; id: number; status: number; url: string; headers: [string, string][] }
  | { type: 'http.body'; id: number; data: string }
  | { type: 'http.end'; id: number }
  | { type: 'http.error'; id: number; reason: string; message: string }

type Exchange = {
  head: Extract<Reply, { type: 'http.response' }> | null
  parts: Buffer[]
  settled: PromiseWithResolvers<Answered>
}

const CHUNK_BYTES = 48 * 1024

/** The broker refused a request, or it came to nothing. `reason` is one of a closed list. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly reason: string

  constructor(reason: string, message: string) {
    super(message)
    this.reason = reason
  }
}

const open = new Map<number, Exchange>()
let last = 0
const listen = listener(
  (message) => take(message as Reply),
  () => open.size > 0,
)

/** Sends a request. Rejects with HttpError, or with the signal's reason once that is aborted. */
export async function exchange(asked: Asked, signal: AbortSignal): Promise<Answered> {
  signal.throwIfAborted()
  const { method, url, headers, body, follow } = asked
  const id = ++last
  const settled = Promise.withResolvers<Answered>()
  open.set(id, { head: null, parts: [], settled })
  send({ type: 'http.request', id, method, url, headers, body: body !== null, follow })
  if (body !== null) sendBody(id, body)
  function cancel(): void {
    if (open.delete(id)) send({ type: 'http.cancel', id })
    settled.reject(signal.reason)
  }
  signal.addEventListener('abort', cancel, { once: true })
  listen()
  try {
    return await settled.promise
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

function sendBody(id: number, body: Buffer): void {
  for (let at = 0; at === 0 || at < body.length; at += CHUNK_BYTES) {
    const data = body.toString('base64', at, at + CHUNK_BYTES)
    send({ type: 'http.body', id, data, last: at + CHUNK_BYTES >= body.length })
  }
}

function take(reply: Reply): void {
  const known = open.get(reply.id)
  if (known === undefined) return // cancelled; its last words were on their way
  switch (reply.type) {
    case 'http.response':
      known.head = reply
      break
    case 'http.body':
      known.parts.push(Buffer.from(reply.data, 'base64'))
      break
    case 'http.error':
      open.delete(reply.id)
      known.settled.reject(new HttpError(reply.reason, reply.message))
      break
    case 'http.end':
      open.delete(reply.id)
      if (known.head !== null) {
        const { status, url, headers } = known.head
        known.settled.resolve({ status, url, headers, body: Buffer.concat(known.parts) })
      }
  }
}
