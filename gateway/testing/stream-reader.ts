import { eventsIn, type Message } from './answers.ts'

/** Reads an event stream that does not end by itself. */
export interface StreamReader {
  /** The text so far, once it matches; waits for more until then. */
  until(pattern: RegExp): Promise<string>
  messages(): Message[]
  /** Reads on until the stream is closed. */
  end(): Promise<string>
  /** Leaves, as a client does that closes its connection. */
  leave(): Promise<void>
}

export function readStream(response: Response): StreamReader {
  if (response.body === null) throw new Error(`No stream: status ${response.status}`)
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  const more = async () => {
    const { done, value } = await reader.read()
    text += done ? '' : decoder.decode(value, { stream: true })
    return !done
  }
  return {
    async until(pattern) {
      while (!pattern.test(text)) {
        if (!(await more())) throw new Error(`Ended before ${pattern}: ${text}`)
      }
      return text
    },
    messages: () => eventsIn(text),
    async end() {
      while (await more());
      return text
    },
    leave: () => reader.cancel(),
  }
}
