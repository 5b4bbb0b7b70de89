import type { JsonObject } from '#contract/json.ts'
import { CONTENT_BYTES, MAX_CONTENT_BLOCKS, RESULT_BYTES, RESULT_DEPTH } from '#contract/limits.ts'
import type { RunRequest } from '#contract/sandbox.ts'
import { stripTypes } from '../engine/strip.ts'

/** As the runners know them, which cut nothing: what is larger is refused. */
const ANSWER_LIMITS = {
  result_bytes: RESULT_BYTES,
  result_depth: RESULT_DEPTH,
  content_bytes: CONTENT_BYTES,
  content_blocks: MAX_CONTENT_BLOCKS,
}

/** The one message that a confined process gets; or why the code cannot be given to one. */
export type Task = { task: JsonObject } | { unreadable: string }

export type Given = {
  secrets: Record<string, string>
  modules: string[]
}

/** Node reads JavaScript, so the types of TypeScript are taken out here, line for line. */
export async function taskFor(request: RunRequest, given: Given): Promise<Task> {
  const { version, input } = request
  const { language, code } = version
  const task = { type: 'run', input, ...given, ...ANSWER_LIMITS }
  if (language === 'python') return { task: { ...task, code } }
  const read = await stripTypes(code)
  if ('code' in read) {
    return { task: { ...task, code: read.code, input_schema: version.input_schema ?? null } }
  }
  const where = read.line === null ? '' : `line ${read.line}: `
  return { unreadable: `${where}${read.message}` }
}
