import { SSE_HEADERS, sseMessage } from '#gateway/wire/sse.ts'

/** How often an answer is mended before its break is passed on. */
const MENDINGS = 3

/**
 * An answer whose stream may break goes on with the next one that `again` gives: from the event with
 * that id on, or from the beginning where none had one. Only whole events are passed on. Whoever
 * reads it sees no break, and nothing twice. What is no event stream is read to its end first: workerd
 * closes the connection without a word where the body of an answer that it only passes on breaks before
 * it began, and whoever asked cannot tell that from a request that was never taken.
 */
export async function mendedAnswer(
  first: Response,
  again: (lastEventId: string | null) => Promise<Response>,
  onBreak: (error: unknown) => void,
): Promise<Response> {
  let answer = first
  for (let mendings = 0; answer.body !== null && !isStream(answer); mendings++) {
    try {
      return new Response(await answer.arrayBuffer(), answer)
    } catch (error) {
      if (mendings === MENDINGS) throw error
      onBreak(error)
      answer = await again(null)
    }
  }
  return answer.body === null ? answer : stream(answer, again, onBreak)
}

function stream(
  answer: Response,
  again: (lastEventId: string | null) => Promise<Response>,
  onBreak: (error: unknown) => void,
): Response {
  const events = mended(answer, again, onBreak)
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await events.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: async () => void (await events.return()),
  })
  return new Response(body, answer)
}

async function* mended(
  first: Response,
  again: (lastEventId: string | null) => Promise<Response>,
  onBreak: (error: unknown) => void,
): AsyncGenerator<Uint8Array, void> {
  let lastEventId: string | null = null
  for (let answer = first, mendings = 0; ; mendings++) {
    try {
      if (!isStream(answer)) return yield sseMessage(await answer.text())
      for await (const event of wholeEvents(answer)) {
        lastEventId = idOf(event) ?? lastEventId
        yield event
      }
      return
    } catch (error) {
      if (mendings === MENDINGS) throw error
      onBreak(error)
      answer = await again(lastEventId)
    }
  }
}

const LF = 0x0a

/** The events of a stream, each with the empty line that ends it. What breaks off inside one is dropped. */
async function* wholeEvents({ body }: Response): AsyncGenerator<Uint8Array> {
  let begun: Uint8Array[] = []
  let last = 0
  for await (const chunk of body ?? []) {
    let from = 0
    for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, at + 1)) {
      const before = at > 0 ? chunk[at - 1] : last
      if (before !== LF) continue
      begun.push(chunk.subarray(from, at + 1))
      yield joined(begun)
      begun = []
      from = at + 1
    }
    if (from < chunk.length) begun.push(chunk.subarray(from))
    last = chunk.at(-1) ?? last
  }
}

function joined(parts: Uint8Array[]): Uint8Array {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only
  const whole = new Uint8Array(parts.reduce((bytes, part) => bytes + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

const ID = new TextEncoder().encode('id: ')

/** The id of an event that begins with it, as all of ours do that have one. */
function idOf(event: Uint8Array): string | null {
  if (!ID.every((byte, at) => event[at] === byte)) return null
  return new TextDecoder().decode(event.subarray(ID.length, event.indexOf(LF)))
}

function isStream({ headers }: Response): boolean {
  return headers.get('content-type')?.startsWith(SSE_HEADERS['content-type']) ?? false
}
