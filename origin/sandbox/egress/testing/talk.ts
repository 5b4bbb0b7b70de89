import { type Conversation, converse } from '../conversation.ts'
import type { WebMessage, WebReply } from '../message.ts'
import type { Network } from '../network.ts'
import { type Call, policyFor } from './policy.ts'

/** A child's side of a conversation, without the child. */
export type Talk = Conversation & {
  replies: WebReply[]
  /** Sends a GET, or what the changes make of it. */
  request(id: number, url: string, changes?: Partial<WebMessage>): boolean
  /** Resolves when a request has its end or its error, with all that was said about it. */
  settled(id: number): Promise<WebReply[]>
  /** Stops, or goes on, taking what is said. */
  read(reading: boolean): void
}

export function talk(network: Network, call: Call = {}): Talk {
  const replies: WebReply[] = []
  const waiting = new Map<number, () => void>()
  const untaken: (() => void)[] = []
  let reading = true

  const conversation = converse(policyFor(network, call), (message, taken) => {
    const reply = message as WebReply
    replies.push(reply)
    if (reading) taken()
    else untaken.push(taken)
    if (reply.type === 'http.end' || reply.type === 'http.error') waiting.get(reply.id)?.()
  })
  const about = (id: number) => replies.filter((reply) => reply.id === id)

  return {
    ...conversation,
    replies,
    request: (id, url, changes = {}) =>
      conversation.take({
        type: 'http.request',
        id,
        url,
        method: 'GET',
        headers: [],
        body: false,
        follow: true,
        ...changes,
      } as WebMessage),
    async settled(id) {
      const over = about(id).some(({ type }) => type === 'http.end' || type === 'http.error')
      if (!over) await new Promise<void>((resolve) => waiting.set(id, resolve))
      return about(id)
    },
    read(now) {
      reading = now
      if (now) for (const taken of untaken.splice(0)) taken()
    },
  }
}

/** What was said of a request, in short: `200 hello`, or the reason of its error. */
export function told(replies: WebReply[]): string {
  const words = replies.map((reply) => {
    switch (reply.type) {
      case 'http.response':
        return `${reply.status} `
      case 'http.body':
        return Buffer.from(reply.data, 'base64').toString('utf8')
      case 'http.end':
        return ''
      case 'http.error':
        return reply.reason
    }
  })
  return words.join('')
}
