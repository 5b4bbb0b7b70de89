import type { WebReply } from './message.ts'

/** Says a message to a child; `taken` is called when the kernel has it, or never will. */
export type Say = (message: object, taken: () => void) => void

/** Messages to one child that never run ahead of what it reads. */
export type Outbox = {
  /** Resolves when there is room again, so that awaiting it is the backpressure. */
  put(reply: WebReply): Promise<void>
  /** Nothing is said any more, and nobody waits. */
  close(): void
}

export function outbox(say: Say, most: number): Outbox {
  let unsent = 0
  let closed = false
  let waiting: (() => void)[] = []

  function isFull(): boolean {
    return unsent > most && !closed
  }
  function wake(): void {
    const woken = waiting
    waiting = []
    for (const resume of woken) resume()
  }

  return {
    async put(reply) {
      while (isFull()) await new Promise<void>((resume) => waiting.push(resume))
      if (closed) return
      const size = sizeOf(reply)
      unsent += size
      say(reply, () => {
        unsent -= size
        if (unsent <= most) wake()
      })
    },
    close() {
      closed = true
      wake()
    },
  }
}

function sizeOf(reply: WebReply): number {
  return JSON.stringify(reply).length
}
