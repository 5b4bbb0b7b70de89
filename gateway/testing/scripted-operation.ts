import type { AskReplies } from '#contract/asks.ts'
import { isFinal, type OperationEvent } from '#contract/operation.ts'
import { aborted, type Run, type ScriptedTool } from './scripted-program.ts'

type Numbered = Extract<OperationEvent, { seq: number }>

/** A running program and all that it said, for however many readers. */
export interface ScriptedOperation {
  follow(after: number, signal: AbortSignal): AsyncGenerator<OperationEvent>
  reply(replies: AskReplies): void
  cancel(): void
}

export function scriptedOperation(
  program: ScriptedTool,
  input: Run['arguments'],
): ScriptedOperation {
  const cancel = new AbortController()
  const said: Numbered[] = []
  const waiting: (() => void)[] = []
  const failed = Promise.withResolvers<never>()
  let answered: AskReplies['replies'] = []
  let asked: { seq: number; count: number; all: () => void } | null = null

  function say(event: Numbered): void {
    said.push(event)
    for (const wake of waiting.splice(0)) wake()
  }
  async function run(): Promise<void> {
    const steps = program({ arguments: input, cancelled: cancel.signal })
    let replies: AskReplies['replies'] | undefined
    for (let seq = 1; ; seq++) {
      const step = await steps.next(replies)
      if (step.done) return say({ type: 'result', seq, result: step.value })
      const { promise, resolve } = Promise.withResolvers<void>()
      const asks = step.value.type === 'asks' ? step.value.asks : []
      asked = asks.length === 0 ? null : { seq, count: asks.length, all: resolve }
      answered = []
      say({ ...step.value, seq })
      if (asked !== null) await promise
      replies = answered
    }
  }
  run().catch(failed.reject)
  // Told to whoever follows.
  failed.promise.catch(() => {})

  return {
    async *follow(after, signal) {
      for (let at = after; ;) {
        const event = said[at]
        if (event === undefined) {
          const news = new Promise<void>((resolve) => waiting.push(resolve))
          await Promise.race([news, failed.promise, aborted(signal)])
          continue
        }
        at++
        yield event
        if (isFinal(event)) return
      }
    },
    reply({ seq, replies }) {
      if (asked?.seq !== seq) return
      answered.push(...replies)
      if (answered.length === asked.count) asked.all()
    },
    cancel: () => cancel.abort(),
  }
}
