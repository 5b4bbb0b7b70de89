import type { JsonObject } from '#contract/json.ts'
import { CONTENT_BYTES, MAX_CONTENT_BLOCKS, RESULT_BYTES, RESULT_DEPTH } from '#contract/limits.ts'
import type { RunRequest } from '#contract/sandbox.ts'
import { stripTypes } from '../engine/type-stripper.ts'
import { clock } from '../process/clock.ts'

/** As the runners know them, which cut nothing: what is larger is refused. */
const ANSWER_LIMITS = {
  result_bytes: RESULT_BYTES,
  result_depth: RESULT_DEPTH,
  content_bytes: CONTENT_BYTES,
  content_blocks: MAX_CONTENT_BLOCKS,
}

/**
 * The one message that a confined process gets, and what making it took of the call's time; or why
 * the code cannot be given to one.
 */
export type Task = { task: JsonObject; tookMs: number } | { unreadable: string } | { late: true }

export type Given = {
  secrets: Record<string, string>
  modules: string[]
}

const LATE = new DOMException('the time of the call is over', 'TimeoutError')

/**
 * Node reads JavaScript, so the types of TypeScript are taken out here, line for line, within the
 * time of the call. Rejects with the reason of the signal.
 */
export async function taskFor(
  request: RunRequest,
  given: Given,
  signal: AbortSignal,
): Promise<Task> {
  const { version, input, limits } = request
  const { language, code } = version
  const task = { type: 'run', input, ...given, ...ANSWER_LIMITS }
  if (language === 'python') return { task: { ...task, code }, tookMs: 0 }
  const stop = new AbortController()
  const working = clock(limits.timeout_ms, () => stop.abort(LATE))
  working.start()
  try {
    const read = await stripTypes(code, 'call', AbortSignal.any([signal, stop.signal]))
    const tookMs = working.stop()
    if ('code' in read) {
      const schema = version.input_schema ?? null
      return { task: { ...task, code: read.code, input_schema: schema }, tookMs }
    }
    const where = read.line === null ? '' : `line ${read.line}: `
    return { unreadable: `${where}${read.message}` }
  } catch (error) {
    if (error !== LATE) throw error
    return { late: true }
  } finally {
    working.stop()
  }
}
