import type { NoticeBoard } from '../notices.ts'
import { Refusal } from '../refusal.ts'
import { Wake } from '../wake.ts'
import type { Awaiting } from './call.ts'
import type { LiveOperation } from './live-operation.ts'
import type { Operation } from './operation.ts'

/** Longest time between two looks, in case a notice was lost. */
const LOOK_MS = 60_000

/**
 * `until` of a call: see there.
 * @throws Refusal cancelled, and why this process let go of the operation
 */
export async function untilFound<T>(
  notices: NoticeBoard,
  operation: Pick<Operation, 'createdAt'>,
  { cancelled, detached }: Pick<LiveOperation, 'cancelled' | 'detached'>,
  { channel, about, ms, look }: Awaiting<T>,
): Promise<T | null> {
  using wake = new Wake(AbortSignal.any([cancelled.signal, detached.signal]))
  using _listening = notices.on(channel, (told) => {
    if (told === null || told === about) wake.wake()
  })
  const end = operation.createdAt.getTime() + ms
  for (;;) {
    const found = await look()
    if (found !== null) return found
    detached.signal.throwIfAborted()
    if (cancelled.signal.aborted)
      throw new Refusal('cancelled', 'The call was cancelled while it waited.')
    const left = end - Date.now()
    if (left <= 0) return null
    await wake.next(Math.min(left, LOOK_MS))
  }
}
