import { STDOUT_BUFFER_BYTES } from '#contract/limits.ts'
import type { Child, Gone } from './child.ts'
import type { FrameFault } from './frames.ts'
import { type Event, type Final, isEvent, Message } from './message.ts'

/** The first thing that decided a task. What comes after it changes nothing. */
export type Verdict =
  | { by: 'answer'; answer: Final }
  | { by: 'deadline' }
  | { by: 'caller' }
  | { by: 'flood' }
  | { by: 'fault'; fault: FrameFault['fault'] | 'unknown_message' }
  | { by: 'end' }

export type Served = { verdict: Verdict; gone: Gone; durationMs: number }

export type Terms = {
  timeoutMs: number
  signal: AbortSignal
  onEvent(event: Event): void
}

/** Printing and talking more than this is not a tool at work. */
const FLOOD_BYTES = 64 * STDOUT_BUFFER_BYTES

/**
 * Gives a confined child its one task and waits for the first of: its answer, its end, the
 * deadline, the caller, misbehaviour. The child's group is dead when this resolves. The time is
 * this side's own, from giving the task to the verdict.
 */
export async function serve(child: Child, task: object, terms: Terms): Promise<Served> {
  const decided = Promise.withResolvers<Verdict>()
  child.listen({
    message: (raw) => {
      const message = Message.safeParse(raw)
      if (!message.success) decided.resolve({ by: 'fault', fault: 'unknown_message' })
      else if (isEvent(message.data)) terms.onEvent(message.data)
      else decided.resolve({ by: 'answer', answer: message.data })
    },
    fault: ({ fault }) => decided.resolve({ by: 'fault', fault }),
    traffic: (bytes) => {
      if (bytes > FLOOD_BYTES) decided.resolve({ by: 'flood' })
    },
  })
  void child.gone.then(() => decided.resolve({ by: 'end' }))
  const cancel = () => decided.resolve({ by: 'caller' })
  terms.signal.addEventListener('abort', cancel, { once: true })
  if (terms.signal.aborted) cancel()
  const timer = setTimeout(() => decided.resolve({ by: 'deadline' }), terms.timeoutMs)
  const began = performance.now()
  if (!terms.signal.aborted) child.send(task)
  const verdict = await decided.promise
  const durationMs = performance.now() - began
  clearTimeout(timer)
  terms.signal.removeEventListener('abort', cancel)
  child.kill()
  return { verdict, gone: await child.gone, durationMs }
}
