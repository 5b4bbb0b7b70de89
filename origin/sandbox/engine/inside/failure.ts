import { inspect } from 'node:util'
import { Refused, ToolError } from './refused.ts'

/** What a caller sees of what a tool threw: the tool's own lines, nothing of ours. */
export type Failure = { type: string; message: string; traceback: string }

export const TOOL_FILE = 'tool.ts'
const MAX_TYPE_CHARS = 200
const MAX_MESSAGE_CHARS = 4_000
const MAX_TRACEBACK_CHARS = 20_000
const FRAME = /^\s+at /
const FRAME_OF_TOOL = new RegExp(`^\\s+at (?:.*[ (])?${TOOL_FILE.replace('.', '\\.')}:\\d+`)

/** Copes with what was built to resist that: anything can be thrown. */
export function describe(thrown: unknown): Failure {
  try {
    return toFailure(thrown)
  } catch {
    return cut('Error', 'the tool threw something that cannot be described', '')
  }
}

function toFailure(thrown: unknown): Failure {
  if (thrown instanceof Refused) return cut(thrown.kind, thrown.message, '')
  if (thrown instanceof ToolError) return cut(thrown.name, messageOf(thrown), '')
  if (!(thrown instanceof Error)) {
    return cut('Error', `the tool threw ${inspect(thrown, { depth: 2 })}, which is no Error`, '')
  }
  const name = typeof thrown.name === 'string' ? thrown.name : 'Error'
  const stack = typeof thrown.stack === 'string' ? thrown.stack : ''
  const line = thrown instanceof SyntaxError ? lineOf(stack) : null
  const where = line === null ? '' : ` (line ${line})`
  return cut(name, `${messageOf(thrown)}${where}`, traceback(thrown, stack))
}

/** A tool can put anything there. */
function messageOf(error: { message: unknown }): string {
  return String(error.message)
}

/** V8 writes the place of a syntax error in front of the stack. */
function lineOf(stack: string): string | null {
  return new RegExp(`^${TOOL_FILE.replace('.', '\\.')}:(\\d+)\n`).exec(stack)?.[1] ?? null
}

function traceback(error: Error, stack: string): string {
  const frames = stack.split('\n').filter((line) => FRAME.test(line) && FRAME_OF_TOOL.test(line))
  if (frames.length === 0) return ''
  const own = [`${error.name}: ${messageOf(error)}`, ...frames].join('\n')
  const { cause } = error
  if (!(cause instanceof Error)) return own
  return `${own}\ncaused by ${cause.name}: ${messageOf(cause)}`
}

function cut(type: string, message: string, trace: string): Failure {
  return {
    // What the tool put on Object.prototype stays out of it.
    __proto__: null,
    type: wellFormed(type, MAX_TYPE_CHARS),
    message: wellFormed(message, MAX_MESSAGE_CHARS),
    traceback: wellFormed(trace, MAX_TRACEBACK_CHARS),
  } as unknown as Failure
}

function wellFormed(text: string, max: number): string {
  return text.slice(0, max).toWellFormed()
}
