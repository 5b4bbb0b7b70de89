import type { Ask, AskReplies } from '#contract/asks.ts'
import type { Json } from '#contract/json.ts'
import type { OperationResult } from '#contract/operation.ts'

/** What a scripted program says before it ends, without the numbers that the origin adds. */
export type Said =
  | { type: 'progress'; progress: number; total?: number; message?: string }
  | { type: 'log'; level: 'debug' | 'info' | 'warning' | 'error'; data: unknown }
  | { type: 'asks'; asks: Ask[] }

/** One run of a scripted program. */
export interface Run {
  arguments: { [name: string]: Json }
  /** Aborts when the operation is cancelled. */
  cancelled: AbortSignal
}

/**
 * A tool as a small program: it yields what it says and returns what it ends in. Questions that it
 * yields give it the replies, once all are there.
 */
export type ScriptedTool = (
  run: Run,
) => AsyncGenerator<Said, OperationResult, AskReplies['replies'] | undefined>

/** Rejects with the signal's reason once that aborts. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}
