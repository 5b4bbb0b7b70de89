import type { Json } from '#contract/json.ts'
import { receive, send } from './channel.ts'
import { ctx } from './context.ts'
import { describe } from './failure.ts'
import { brokeredFetch } from './fetch.ts'
import { endPrinting, printing } from './printing.ts'
import { Refused, ToolError } from './refused.ts'
import { secretsOf } from './secrets.ts'
import { toJson, TooLarge } from './to-json.ts'
import { call, type RunTask } from './tool.ts'

/** Evaluates modules that come as text, by name, and gives what the named one exports. */
type Load = (texts: Record<string, string>, entry: string) => Promise<Record<string, unknown>>

type AnalyzeTask = { type: 'analyze'; code: string; program: Record<string, string> }

const { reallyExit } = process as unknown as { reallyExit: (code: number) => never }
const { stringify } = JSON
let answered = false

/** Says hello, does the one task, ends. What the layers are was proven before this program began. */
export async function live(layers: string[], load: Load): Promise<void> {
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
  process.on('beforeExit', () => fail(new Refused('NeverSettled', NEVER)))
  Error.stackTraceLimit = 50
  giveGlobals()
  send({ type: 'hello', layers })
  const task = receive() as RunTask | AnalyzeTask | null
  if (task === null) return reallyExit(0)
  try {
    if (task.type === 'analyze') await analyze(task, load)
    else await run(task)
  } catch (error) {
    fail(error)
  }
}

async function run(task: RunTask): Promise<void> {
  Object.defineProperty(globalThis, 'secrets', { value: secretsOf(task.secrets) })
  const value = await call(task)
  const limits = { depth: task.result_depth, nodes: task.result_bytes }
  let plain: Json
  try {
    plain = toJson(value, limits)
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error
    return answer({ type: 'too_large', bytes: task.result_bytes + 1 })
  }
  const bytes = Buffer.byteLength(stringify(plain))
  answer(
    bytes > task.result_bytes ? { type: 'too_large', bytes } : { type: 'result', value: plain },
  )
}

async function analyze({ code, program }: AnalyzeTask, load: Load): Promise<void> {
  const { analyze: read } = await load(program, './analyze.ts')
  answer({ type: 'result', value: (read as (code: string) => Json)(code) })
}

function fail(thrown: unknown): void {
  answer({ type: 'failed', failure: describe(thrown) })
}

/** The first answer is the only one: the process is over with it, whatever is left in it. */
function answer(message: object): void {
  if (answered) return
  answered = true
  endPrinting()
  send(message)
  reallyExit(0)
}

const NEVER = 'nothing is left to happen, and `main` still waits'

/** What `node -e` puts into the global scope, and what has no use here or leads to our own parts. */
const TAKEN = `process require module exports __filename __dirname WebSocket EventSource CloseEvent
  navigator Navigator localStorage sessionStorage BroadcastChannel`

function giveGlobals(): void {
  for (const name of TAKEN.split(/\s+/)) Reflect.deleteProperty(globalThis, name)
  Object.assign(globalThis, { console: printing(), ctx, fetch: brokeredFetch, ToolError })
}
