import { type Final, isWeb, type Message } from './message.ts'

/** Events and questions of one child: twice what is kept of them (runs/event-log.ts). */
const MOST_EVENTS = 2_000
const MOST_BYTES = 2_000_000
/** All that it may say beside its answer: each request takes some messages. */
const MOST_MESSAGES = 10_000
/**
 * Of one message, but for answers and questions, as the runners begin them. What else begins like
 * that is found out when it is read, and ends the call.
 */
export const LARGE_MESSAGES = {
  bytes: 131_072,
  begin: /^\{"type": ?"(?:result|failed|ask)"/,
}
/** Bytes of a body that has been sent justify another message. */
const BYTES_PER_MESSAGE = 1_024

/**
 * Counts what one child says beside its answer, each time with the bytes of the message and the
 * bytes of bodies that it has sent so far. False once it is a flood.
 */
export function floodGate(): (
  message: Exclude<Message, Final>,
  bytes: number,
  uploaded: number,
) => boolean {
  let messages = 0
  let events = 0
  let told = 0
  return (message, bytes, uploaded) => {
    messages++
    if (!isWeb(message)) {
      events++
      told += bytes
    }
    return (
      (message.type === 'ask' || bytes <= LARGE_MESSAGES.bytes) &&
      events <= MOST_EVENTS &&
      told <= MOST_BYTES &&
      messages <= MOST_MESSAGES + uploaded / BYTES_PER_MESSAGE
    )
  }
}
