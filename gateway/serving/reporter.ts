import type { ServerContext } from '@modelcontextprotocol/server'
import { LogLevel, type OperationEvent } from '#contract/operation.ts'
import type { Asker } from './asker.ts'

type Progress = Extract<OperationEvent, { type: 'progress' }>
type Log = Extract<OperationEvent, { type: 'log' }>

/** Tells the client how its call is getting on. */
export interface Reporter {
  /** Under the token the client chose, and only when it chose one; values that do not rise are left out. */
  progress(event: Progress): Promise<void>
  /** As far as the client asked for messages of this level. */
  log(event: Log): Promise<void>
}

export function reporter(ctx: ServerContext, asker: Asker): Reporter {
  if (!asker.hearsNews) return SILENT
  const { threshold } = asker
  const progressToken = ctx.mcpReq._meta?.progressToken
  let last = Number.NEGATIVE_INFINITY
  return {
    async progress({ progress, total, message }) {
      if (progressToken === undefined || progress <= last) return
      last = progress
      await ctx.mcpReq.notify({
        method: 'notifications/progress',
        params: {
          progressToken,
          progress,
          ...(total !== undefined && { total }),
          ...(message !== undefined && { message }),
        },
      })
    },
    async log({ level, data }) {
      if (threshold.level !== null && severity(level) < severity(threshold.level)) return
      await ctx.mcpReq.log(level, data)
    },
  }
}

const SILENT: Reporter = { progress: async () => {}, log: async () => {} }

/** RFC 5424 §6.2.1, from least to most severe. */
function severity(level: LogLevel): number {
  return LogLevel.options.indexOf(level)
}
