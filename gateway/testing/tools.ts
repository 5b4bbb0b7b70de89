import type { OperationResult } from '#contract/operation.ts'
import type { Run, ScriptedTool } from './scripted-program.ts'

/** A tool that says nothing before it ends. */
export function silent(
  end: (run: Run) => OperationResult | Promise<OperationResult>,
): ScriptedTool {
  return async function* (run) {
    yield* []
    return end(run)
  }
}

/** Ends at once, in what it was given. */
export const echo = silent(({ arguments: input }) => {
  return { content: [{ type: 'text', text: JSON.stringify(input) }], structuredContent: input }
})

/** A tool that the test lets go, so that nothing hangs on time. */
export interface HeldTool {
  tool: ScriptedTool
  /** Resolves when a call of it runs. */
  started: Promise<void>
  release(): void
}

/** Runs until it is released, or cancelled. */
export function held(): HeldTool {
  const started = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  return {
    started: started.promise,
    release: gate.resolve,
    tool: silent(async ({ cancelled, arguments: input }) => {
      started.resolve()
      const end = new Promise<void>((resolve) =>
        cancelled.addEventListener('abort', () => resolve(), { once: true }),
      )
      await Promise.race([gate.promise, end])
      return { content: [{ type: 'text', text: JSON.stringify(input) }] }
    }),
  }
}

/** Says how far it is, twice forwards and once back, then ends. */
export const counting: ScriptedTool = async function* () {
  yield { type: 'progress', progress: 1, total: 2, message: 'half' }
  yield { type: 'progress', progress: 1, total: 2 }
  yield { type: 'progress', progress: 2, total: 2 }
  return { content: [{ type: 'text', text: 'counted' }] }
}
