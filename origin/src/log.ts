import { pino, type Logger } from 'pino'
import type { Config } from './config.ts'

export type { Logger }

/** JSON lines on standard error; standard output is for the people who start MCPbox. */
export function openLog(level: Config['logLevel']): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: described },
      redact: ['*.authorization', '*.cookie', '*.password', '*.value', '*.secrets', '*.token'],
    },
    pino.destination({ dest: 2, sync: false }),
  )
}

/** A failure for the log. Failed queries name their parameters, which may be anybody's data: cut. */
function described(fault: unknown): unknown {
  if (!(fault instanceof Error)) return { message: String(fault) }
  const { type, message, stack } = pino.stdSerializers.err(fault)
  const cut = (text: string) => text.replace(/\nparams: .*(?:\n(?! {4}at ).*)*/g, '')
  return {
    type,
    message: cut(message),
    stack: cut(stack),
    ...(fault.cause === undefined ? {} : { cause: described(fault.cause) }),
  }
}
