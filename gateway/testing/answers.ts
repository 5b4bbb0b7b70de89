/** One JSON-RPC message, as loosely as a test wants to look at it. */
export interface Message {
  id?: string | number | null
  method?: string
  params?: Record<string, unknown>
  result?: Record<string, unknown>
  error?: { code: number; message: string; data?: Record<string, unknown> }
}

/** Every message of an answer, be it one JSON body or an event stream. */
export async function messagesOf(response: Response): Promise<Message[]> {
  const text = await response.text()
  if (response.headers.get('content-type')?.startsWith('application/json'))
    return [JSON.parse(text)]
  return eventsIn(text)
}

/** The last message: the answer itself. */
export async function answerOf(response: Response): Promise<Message> {
  const last = (await messagesOf(response)).at(-1)
  if (last === undefined) throw new Error(`No message in an answer with status ${response.status}`)
  return last
}

/** The messages in the text of an event stream. */
export function eventsIn(text: string): Message[] {
  return text
    .split('\n\n')
    .flatMap((event) => event.split('\n').filter((line) => line.startsWith('data: ')))
    .map((line) => JSON.parse(line.slice('data: '.length)))
}
