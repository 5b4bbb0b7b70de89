import type { OperationRequest, OpId } from '#contract/operation.ts'
import type { Problem } from '#contract/problem.ts'
import { OriginRefusal, type Caller, type Origin } from '#gateway/origin.ts'
import { problemOf } from '#gateway/serving/refusal.ts'
import { verdictOn, type Verdict } from './verdict.ts'

export type Delivery =
  /** The origin has it, under this id. */
  { is: 'delivered'; opId: OpId } | { is: Verdict; problem: Problem }

/**
 * Brings one call to the origin, under the id that it always had, and sees to it that nobody takes
 * it for one whose client was lost. It then runs there by itself. Until both has been heard the call
 * is not delivered; to deliver it again repeats nothing.
 *
 * @param onFault hears of whatever is no refusal
 */
export async function deliver(
  origin: Pick<Origin, 'operate' | 'park'>,
  as: Caller,
  request: OperationRequest,
  onFault: (fault: unknown) => void,
): Promise<Delivery> {
  try {
    const opId = await accepted(origin, as, request, onFault)
    return { is: 'delivered', opId }
  } catch (thrown) {
    const problem = problemOf(thrown, { onFault })
    return { is: verdictOn(problem.code), problem }
  }
}

async function accepted(
  origin: Pick<Origin, 'operate' | 'park'>,
  as: Caller,
  request: OperationRequest,
  onFault: (fault: unknown) => void,
): Promise<OpId> {
  // Nobody ends it but the connection itself.
  const { signal } = new AbortController()
  for await (const event of origin.operate(as, request, signal)) {
    if (event.type !== 'accepted') continue
    // While the stream is open it has a reader, and is not lost.
    await park(origin, as, event.op_id, onFault)
    return event.op_id
  }
  throw new Error('The origin answered a delivery without accepting it')
}

/** Throws where it is worth another delivery. */
async function park(
  origin: Pick<Origin, 'park'>,
  as: Caller,
  opId: OpId,
  onFault: (fault: unknown) => void,
): Promise<void> {
  try {
    await origin.park(as, opId)
  } catch (thrown) {
    if (thrown instanceof OriginRefusal && verdictOn(thrown.problem.code) === 'waits') throw thrown
    onFault(thrown)
  }
}
