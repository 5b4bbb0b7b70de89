import type { Ask, AskReplies, AskReply } from '#contract/asks.ts'
import type { EventLog } from './event-log.ts'

/** What one run has asked and not been told yet. */
export type StandingQuestions = {
  /** Asks whoever follows the run; resolves when each question has a reply. */
  put: (asks: Ask[]) => Promise<AskReply[]>
  /** Takes replies, for the questions of that event that still stand; drops the others. */
  reply: (replies: AskReplies) => void
}

type Standing = { open: Set<string>; got: AskReply[]; all: (replies: AskReply[]) => void }

const NO_ROOM = { code: -32603, message: 'the tool has said too much to ask anything now' }

export function standingQuestions(log: Pick<EventLog, 'add'>): StandingQuestions {
  const standing = new Map<number, Standing>()
  return {
    async put(asks) {
      const seq = log.add({ type: 'asks', asks })
      if (seq === null) return asks.map(({ key }) => ({ key, error: NO_ROOM }))
      const { promise, resolve } = Promise.withResolvers<AskReply[]>()
      standing.set(seq, { open: new Set(asks.map(({ key }) => key)), got: [], all: resolve })
      return promise
    },
    reply({ seq, replies }) {
      const questions = standing.get(seq)
      if (questions === undefined) return
      for (const reply of replies) if (questions.open.delete(reply.key)) questions.got.push(reply)
      if (questions.open.size > 0) return
      standing.delete(seq)
      questions.all(questions.got)
    },
  }
}
