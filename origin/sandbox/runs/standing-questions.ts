import type { Ask, AskReplies, AskReply } from '#contract/asks.ts'
import { ASKING_MS, MAX_QUESTIONS_PER_CALL } from '#contract/limits.ts'
import { clock } from '../process/clock.ts'
import type { EventLog } from './event-log.ts'

/** What one run has asked and not been told yet. */
export type StandingQuestions = {
  /**
   * Asks whoever follows the run; resolves when each question has a reply, if need be one of ours
   * that says why there is no other. Never rejects.
   */
  put: (asks: Ask[]) => Promise<AskReply[]>
  /** Takes replies, for the questions of that event that still stand; drops the others. */
  reply: (replies: AskReplies) => void
  /** Lets go of its place; for when the run is over. */
  close: () => void
}

/** Places for runs that wait for an answer. */
export type WaitingPlaces = {
  /** False when all are taken. */
  take(): boolean
  give(): void
}

type Standing = { open: Set<string>; got: AskReply[]; all: (replies: AskReply[]) => void }

const NO_ROOM = 'the tool has said too much to ask anything now'
const TOO_MANY = `a call may ask ${MAX_QUESTIONS_PER_CALL} questions, and has`
const NO_PLACE = 'too many calls wait for an answer now; try again later'
const TOO_LATE = 'nobody answered in time'

/** JSON-RPC code of our own answers (2.0, internal error). */
const UNANSWERED = -32603

/** Of one run. All its waiting together is bounded by ASKING_MS; what stands then is answered with an error. */
export function standingQuestions(
  log: Pick<EventLog, 'add'>,
  places: WaitingPlaces,
): StandingQuestions {
  const standing = new Map<number, Standing>()
  const asking = clock(ASKING_MS, () => {
    late = true
    for (const seq of standing.keys()) settle(seq, TOO_LATE)
  })
  let asked = 0
  let late = false

  function whyNot(count: number): string | null {
    asked += count
    if (asked > MAX_QUESTIONS_PER_CALL) return TOO_MANY
    if (late) return TOO_LATE
    return standing.size > 0 || places.take() ? null : NO_PLACE
  }

  /** Ends a standing event, what is open of it with this error. */
  function settle(seq: number, why: string): void {
    const questions = standing.get(seq)
    if (questions === undefined) return
    standing.delete(seq)
    if (standing.size === 0) rest()
    questions.all([...questions.got, ...refused([...questions.open], why)])
  }

  function rest(): void {
    asking.stop()
    places.give()
  }

  return {
    async put(asks) {
      const keys = asks.map(({ key }) => key)
      const why = whyNot(asks.length)
      if (why !== null) return refused(keys, why)
      const seq = log.add({ type: 'asks', asks })
      if (seq === null) {
        if (standing.size === 0) rest()
        return refused(keys, NO_ROOM)
      }
      const { promise, resolve } = Promise.withResolvers<AskReply[]>()
      standing.set(seq, { open: new Set(keys), got: [], all: resolve })
      asking.start()
      return promise
    },
    reply({ seq, replies }) {
      const questions = standing.get(seq)
      if (questions === undefined) return
      for (const reply of replies) if (questions.open.delete(reply.key)) questions.got.push(reply)
      if (questions.open.size === 0) settle(seq, TOO_LATE)
    },
    close() {
      for (const seq of standing.keys()) settle(seq, TOO_LATE)
    },
  }
}

/** The answer to questions that nobody was asked, or nobody answered. */
export function refused(keys: readonly string[], message: string): AskReply[] {
  return keys.map((key) => ({ key, error: { code: UNANSWERED, message } }))
}
