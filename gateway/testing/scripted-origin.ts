import type { Catalog, CatalogTool, ChangeNotice } from '#contract/catalog.ts'
import type { OperationEvent, OperationRequest, OpId } from '#contract/operation.ts'
import { principalKey } from '#contract/principal.ts'
import type { Problem } from '#contract/problem.ts'
import { OriginRefusal, type Origin } from '../origin.ts'
import { scriptedOperation, type ScriptedOperation } from './scripted-operation.ts'
import { aborted, type Run, type ScriptedTool } from './scripted-program.ts'

/** An origin whose tools are programs in memory. It keeps the port's promises. */
export interface ScriptedOrigin extends Origin {
  /** Every operation that was started, in order. */
  readonly operations: { principal: string; request: OperationRequest }[]
  readonly cancelled: OpId[]
  /** Those that their clients come back for. */
  readonly parked: OpId[]
  /** Change feeds that are open now. */
  readonly feeds: number
  /** Tells every open feed that the catalog is another one. */
  changeCatalog(changed?: { resources?: string[] }): void
  /** Ends every open feed as a lost connection does. */
  breakFeeds(): void
  /** While this is set, everything is refused with it. */
  refusal: OriginRefusal | null
  /** Tools whose calls wait while it is away. */
  readonly queueing: Set<string>
  /** What prompts and resources the catalog lists, beside the tools. */
  listed: Partial<Pick<Catalog, 'prompts' | 'resources' | 'resourceTemplates'>>
}

/** @param programs by the name of a tool or prompt, or by the address of a resource */
export function scriptedOrigin(programs: Record<string, ScriptedTool>): ScriptedOrigin {
  const known = new Map(Object.entries(programs))
  const running = new Map<OpId, ScriptedOperation>()
  const feeds = new Set<Feed>()
  const operations: ScriptedOrigin['operations'] = []
  const cancelled: OpId[] = []
  const parked: OpId[] = []
  const queueing = new Set<string>()
  let edition = 1

  const origin: ScriptedOrigin = {
    operations,
    cancelled,
    parked,
    queueing,
    refusal: null,
    listed: {},
    get feeds() {
      return feeds.size
    },
    changeCatalog({ resources = [] } = {}) {
      edition++
      for (const feed of feeds) feed.tell({ type: 'catalog', lists: ['tools'], resources })
    },
    breakFeeds() {
      for (const feed of feeds) feed.lost.abort(new OriginRefusal(LOST))
      feeds.clear()
    },
    async catalog() {
      if (origin.refusal) throw origin.refusal
      const catalog = catalogOf(Object.keys(programs), edition)
      const tools = catalog.tools.map((tool) =>
        queueing.has(tool.name) ? { ...tool, queueWhenAway: true } : tool,
      )
      return { ...catalog, tools, ...origin.listed }
    },
    async *operate(as, request, signal) {
      if (origin.refusal) throw origin.refusal
      operations.push({ principal: principalKey(as.principal), request })
      yield { type: 'accepted', op_id: request.op_id }
      const { name, input } = meant(request)
      const program = known.get(name)
      if (!program) {
        yield { type: 'problem', seq: 1, problem: unknown(request, name) }
        return
      }
      const operation = scriptedOperation(program, input)
      running.set(request.op_id, operation)
      yield* operation.follow(0, signal)
    },
    async *resume(as, { opId, after }, signal): AsyncGenerator<OperationEvent> {
      const operation = running.get(opId)
      const asked = operations.find(({ request }) => request.op_id === opId)
      if (operation === undefined || asked?.principal !== principalKey(as.principal))
        throw new OriginRefusal(UNKNOWN)
      yield { type: 'accepted', op_id: opId }
      yield* operation.follow(after, signal)
    },
    async reply(_as, opId, replies) {
      running.get(opId)?.reply(replies)
    },
    async park(_as, opId) {
      parked.push(opId)
    },
    async cancel(_as, opId) {
      cancelled.push(opId)
      running.get(opId)?.cancel()
    },
    async *changes(_as, signal) {
      if (origin.refusal) throw origin.refusal
      yield { type: 'hello', etag: String(edition) }
      yield* notices(feeds, signal)
    },
  }
  return origin
}

/** The program that a request means, and what it gets. */
function meant(request: OperationRequest): { name: string; input: Run['arguments'] } {
  switch (request.method) {
    case 'tools/call':
    case 'prompts/get':
      return { name: request.params.name, input: request.params.arguments }
    case 'resources/read':
      return { name: request.params.uri, input: {} }
    case 'completion/complete': {
      const { ref, argument, context } = request.params
      const name = ref.type === 'ref/prompt' ? ref.name : ref.uri
      return { name: `completing ${name}`, input: { ...context, [argument.name]: argument.value } }
    }
  }
}

interface Feed {
  tell(notice: ChangeNotice): void
  lost: AbortController
}

const UNKNOWN = { code: 'operation_unknown', message: 'There is no such operation.' } as const
const LOST = { code: 'origin_unreachable', message: 'The feed was lost.' } as const

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

function unknown({ method }: OperationRequest, name: string): Problem {
  switch (method) {
    case 'tools/call':
      return { code: 'unknown_tool', message: `There is no tool named ${name}.` }
    case 'resources/read':
      return { code: 'unknown_resource', message: `There is no resource at ${name}.` }
    case 'prompts/get':
    case 'completion/complete':
      return { code: 'unknown_prompt', message: `There is no prompt named ${name}.` }
  }
}

function catalogOf(names: string[], edition: number): Catalog {
  return {
    etag: String(edition),
    server: { name: 'scripted', version: '1.0.0' },
    instructions: 'Call the tools.',
    tools: names.map(toolOf),
    prompts: [],
    resources: [],
    resourceTemplates: [],
  }
}

export function toolOf(name: string): CatalogTool {
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
