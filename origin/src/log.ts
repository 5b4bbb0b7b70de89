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
      redact: ['*.authorization', '*.cookie', '*.password', '*.value', '*.secrets', '*.token'],
    },
    pino.destination({ dest: 2, sync: false }),
  )
}
