import type { Ask, AskReplies } from '#contract/asks.ts'
import { STDOUT_BUFFER_BYTES } from '#contract/limits.ts'
import type { Conversation } from '../egress/conversation.ts'
import type { Account } from './account.ts'
import type { Child } from './child.ts'
import type { FrameFault } from './frames.ts'
import { clock } from './clock.ts'
import { floodGate } from './flood.ts'
import { type Event, type Final, isEvent, isFinal, Message, type Question } from './message.ts'
import type { Output } from './output.ts'

/** The first thing that decided a task. What comes after it changes nothing. */
export type Verdict =
  | { by: 'answer'; answer: Final }
  | { by: 'deadline' }
  | { by: 'caller' }
  | { by: 'flood' }
  | { by: 'fault'; fault: FrameFault['fault'] | 'unknown_message' }
  | { by: 'end' }

/** `account` is the kernel's, where the end was waited for; null where it was lost or was not. */
export type Served = {
  verdict: Verdict
  account: Account | null
  output: Output
  durationMs: number
}

export type Terms = {
  timeoutMs: number
  signal: AbortSignal
  onEvent(event: Event): void
  /** Resolves with a reply to each, in time; never rejects. Without it, nothing may be asked. */
  ask?(asks: Ask[]): Promise<AskReplies['replies']>
  /** Who takes the child's requests. Without it, none may be made. */
  web?: Pick<Conversation, 'take' | 'traffic'>
}

/** Printing and talking more than this is not a tool at work. */
const FLOOD_BYTES = 64 * STDOUT_BUFFER_BYTES
/** What a child may take after its answer, to end what it prints and then itself. */
const LAST_WORDS_MS = 50

/**
 * Gives a confined child its one task and waits for the first of: its answer, its end, the
 * deadline, the caller, misbehaviour. An answered child has printed all when this resolves and is
 * about to end, or is killed; any other is dead. The time is this side's own, from giving the task
 * to the verdict, without what the child's questions waited for.
 */
export async function serve(child: Child, task: object, terms: Terms): Promise<Served> {
  const decided = Promise.withResolvers<Verdict>()
  const working = clock(terms.timeoutMs, () => decided.resolve({ by: 'deadline' }))
  const withinFlood = floodGate()
  let standing = 0
  let over = false

  /** The clock stands still while questions stand. */
  async function answer({ id, asks }: Question): Promise<void> {
    if (terms.ask === undefined) return decided.resolve({ by: 'fault', fault: 'unknown_message' })
    if (standing++ === 0) working.stop()
    const replies = await terms.ask(asks)
    if (over) return
    if (--standing === 0) working.start()
    child.send({ type: 'ask.replied', id, replies })
  }

  child.listen({
    message: (raw, bytes) => {
      const message = Message.safeParse(raw)
      if (!message.success) decided.resolve({ by: 'fault', fault: 'unknown_message' })
      else if (isFinal(message.data)) decided.resolve({ by: 'answer', answer: message.data })
      else if (!withinFlood(message.data, bytes, terms.web?.traffic() ?? 0)) {
        decided.resolve({ by: 'flood' })
      } else if (isEvent(message.data)) terms.onEvent(message.data)
      else if (message.data.type === 'ask') void answer(message.data)
      else if (terms.web?.take(message.data) !== true) {
        decided.resolve({ by: 'fault', fault: 'unknown_message' })
      }
    },
    fault: ({ fault }) => decided.resolve({ by: 'fault', fault }),
    traffic: (bytes) => {
      if (bytes - (terms.web?.traffic() ?? 0) > FLOOD_BYTES) decided.resolve({ by: 'flood' })
    },
  })
  void child.gone.then(() => decided.resolve({ by: 'end' }))
  const cancel = () => decided.resolve({ by: 'caller' })
  terms.signal.addEventListener('abort', cancel, { once: true })
  if (terms.signal.aborted) cancel()
  working.start()
  if (!terms.signal.aborted) child.send(task)
  const verdict = await decided.promise
  over = true
  child.stopListening()
  const durationMs = working.stop()
  terms.signal.removeEventListener('abort', cancel)
  const { output } = child
  if (verdict.by === 'answer') {
    await lastWords(child)
    return { verdict, account: null, output, durationMs }
  }
  child.kill()
  const { account } = await child.gone
  return { verdict, account, output, durationMs }
}

/** Resolves when the child has printed all; kills it when it does not end on its own in time. */
async function lastWords(child: Child): Promise<void> {
  const late = setTimeout(() => child.kill(), LAST_WORDS_MS)
  void child.gone.then(() => clearTimeout(late))
  await child.silent
}
