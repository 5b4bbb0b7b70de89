import type { Catalog, CatalogTool, ChangeNotice } from '#contract/catalog.ts'
import type { OperationEvent, OperationRequest, OpId, ToolResult } from '#contract/operation.ts'
import { principalKey, type Principal } from '#contract/principal.ts'
import type { Problem } from '#contract/problem.ts'
import { OriginRefusal, type Origin } from '../origin.ts'

/** What a scripted tool says before it ends, without the numbers that the origin adds. */
export type Said =
  | { type: 'progress'; progress: number; total?: number; message?: string }
  | { type: 'log'; level: 'debug' | 'info' | 'warning' | 'error'; data: unknown }

/** One run of a scripted tool. */
export interface Run {
  arguments: OperationRequest['params']['arguments']
  /** Aborts when the operation is cancelled. */
  cancelled: AbortSignal
}

/** A tool as a small program: it yields what it says and returns what it ends in. */
export type ScriptedTool = (run: Run) => AsyncGenerator<Said, ToolResult>

/** An origin whose tools are programs in memory. It keeps the port's promises. */
export interface ScriptedOrigin extends Origin {
  /** Every operation that was started, in order. */
  readonly operations: { principal: string; request: OperationRequest }[]
  readonly cancelled: OpId[]
  /** Change feeds that are open now. */
  readonly feeds: number
  /** Tells every open feed that the catalog is another one. */
  changeCatalog(): void
  /** Ends every open feed as a lost connection does. */
  breakFeeds(): void
  /** While this is set, everything is refused with it. */
  refusal: OriginRefusal | null
}

export function scriptedOrigin(tools: Record<string, ScriptedTool>): ScriptedOrigin {
  const programs = new Map(Object.entries(tools))
  const cancels = new Map<OpId, AbortController>()
  const feeds = new Set<Feed>()
  const operations: ScriptedOrigin['operations'] = []
  const cancelled: OpId[] = []
  let edition = 1

  const origin: ScriptedOrigin = {
    operations,
    cancelled,
    refusal: null,
    get feeds() {
      return feeds.size
    },
    changeCatalog() {
      edition++
      for (const feed of feeds) feed.tell({ type: 'catalog' })
    },
    breakFeeds() {
      for (const feed of feeds) feed.lost.abort(new OriginRefusal(LOST))
      feeds.clear()
    },
    async catalog() {
      if (origin.refusal) throw origin.refusal
      return catalogOf(Object.keys(tools), edition)
    },
    async *operate(as, request, signal) {
      if (origin.refusal) throw origin.refusal
      operations.push({ principal: principalKey(as), request })
      yield { type: 'accepted', op_id: request.op_id }
      const tool = programs.get(request.params.name)
      if (!tool) {
        yield { type: 'problem', seq: 1, problem: unknownTool(request.params.name) }
        return
      }
      const cancel = new AbortController()
      cancels.set(request.op_id, cancel)
      const run = tool({ arguments: request.params.arguments, cancelled: cancel.signal })
      yield* numbered(run, signal)
    },
    async cancel(_as, opId) {
      cancelled.push(opId)
      cancels.get(opId)?.abort()
    },
    async *changes(_as: Principal, signal) {
      if (origin.refusal) throw origin.refusal
      yield { type: 'hello', etag: String(edition) }
      yield* notices(feeds, signal)
    },
  }
  return origin
}

interface Feed {
  tell(notice: ChangeNotice): void
  lost: AbortController
}

const LOST = { code: 'origin_unreachable', message: 'The feed was lost.' } as const

async function* numbered(
  run: AsyncGenerator<Said, ToolResult>,
  signal: AbortSignal,
): AsyncGenerator<OperationEvent> {
  for (let seq = 1; ; seq++) {
    const step = await Promise.race([run.next(), aborted(signal)])
    if (step.done) {
      yield { type: 'result', seq, result: step.value }
      return
    }
    yield { ...step.value, seq }
  }
}

async function* notices(feeds: Set<Feed>, signal: AbortSignal): AsyncGenerator<ChangeNotice> {
  const queue: ChangeNotice[] = []
  let wake = () => {}
  const lost = new AbortController()
  const feed: Feed = {
    lost,
    tell(notice) {
      queue.push(notice)
      wake()
    },
  }
  feeds.add(feed)
  try {
    while (!signal.aborted) {
      yield* queue.splice(0)
      const news = new Promise<void>((resolve) => {
        wake = resolve
      })
      if (queue.length === 0) await Promise.race([news, aborted(signal), aborted(lost.signal)])
    }
  } finally {
    feeds.delete(feed)
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}

function unknownTool(name: string): Problem {
  return { code: 'unknown_tool', message: `There is no tool named ${name}.` }
}

function catalogOf(names: string[], edition: number): Catalog {
  return {
    etag: String(edition),
    server: { name: 'scripted', version: '1.0.0' },
    instructions: 'Call the tools.',
    tools: names.map(toolOf),
  }
}

function toolOf(name: string): CatalogTool {
  return {
    name,
    description: `The tool ${name}`,
    inputSchema: { type: 'object' },
    annotations: {
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: false,
    },
  }
}
