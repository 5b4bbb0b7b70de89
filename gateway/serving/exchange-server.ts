import {
  Server,
  type CallToolResult,
  type ServerContext,
  type ServerOptions,
  type Transport,
} from '@modelcontextprotocol/server'
import type { Catalog } from '#contract/catalog.ts'
import type { OperationResult, OpId } from '#contract/operation.ts'
import type { Position } from '#contract/waiting.ts'
import { OriginRefusal } from '../origin.ts'
import type { GatewayPorts, GatewayTimes } from '../ports.ts'
import { withStableCode } from '../wire/rpc-error.ts'
import type { Asker } from './asker.ts'
import type { Inputs } from './inputs.ts'
import { LIST_METHODS, serveLists } from './lists.ts'
import { operate } from './operate.ts'
import { OPERATION_METHODS, readAsked, type Asked } from './operation-params.ts'
import { refusedOperation, toProtocolError } from './refusal.ts'
import { serveSettings, type SessionSettings } from './settings.ts'

/** Methods that are answered from the catalog, and need one to be answered. */
const FROM_CATALOG = new Set(['initialize', 'server/discover', ...LIST_METHODS])

export interface ServerInputs {
  asker: Asker
  /** See `Operating`. */
  opId: OpId
  /** The method that this exchange asks for. */
  method: string
  /** Ends waiting for the catalog. */
  signal: AbortSignal
  /** Asks for the end of the running operation; what aborts it is the era's business. */
  cancel: AbortSignal
  /** How questions of a running operation reach the client. */
  inputs: (ctx: ServerContext, asked: Asked) => Inputs
  /** What the client settled for its session; null where there is none. */
  settings: SessionSettings | null
  /** See `Operating`. */
  reached?: (position: Position) => void
  /** Told when the exchange is over, however it ended. */
  closed?: () => void
}

/**
 * Makes the one server of one exchange. Throws OriginRefusal when the exchange needs the catalog
 * and there is none.
 */
export async function exchangeServer(ports: GatewayPorts, inputs: ServerInputs): Promise<Server> {
  const { asker, method, settings } = inputs
  const readsCatalog = FROM_CATALOG.has(method) && asker.principal.kind !== 'anonymous'
  const catalog = readsCatalog ? await ports.origin.catalog(asker, inputs.signal) : null
  const hooks = { onFault: ports.onFault, closed: inputs.closed ?? (() => {}) }
  const server = new ExchangeServer(hooks, catalog?.server ?? ports.identity, {
    capabilities: {
      tools: { listChanged: true },
      prompts: { listChanged: true },
      resources: { listChanged: true, subscribe: true },
      completions: {},
      logging: {},
    },
    ...(catalog && { instructions: catalog.instructions }),
    cacheHints: cacheHints(ports.times),
  })
  if (catalog !== null) serveLists(server, catalog)
  serveSettings(server, asker, settings, ports)
  // Not by setRequestHandler: the SDK would re-parse the results and drop every field that it does
  // not know. They pass as the origin built them.
  if (OPERATION_METHODS.has(method)) {
    server.fallbackRequestHandler = async ({ params }, ctx) => {
      const result = await answer(ports, inputs, params, ctx)
      if (method !== 'tools/call' || result['resultType'] === 'input_required') return result
      return server.projectCallToolResult(result as CallToolResult, undefined)
    }
  }
  return server
}

async function answer(
  ports: GatewayPorts,
  { asker, opId, method, cancel, inputs, reached = () => {} }: ServerInputs,
  params: unknown,
  ctx: ServerContext,
): Promise<OperationResult> {
  const read = readAsked(method, params)
  if ('problem' in read) throw toProtocolError(read.problem)
  const { asked } = read
  const given = inputs(ctx, asked)
  try {
    return await operate(ports, asked, { asker, opId, ctx, cancel, inputs: given, reached })
  } catch (thrown) {
    if (!(thrown instanceof OriginRefusal)) throw thrown
    return refusedOperation(asked, thrown.problem, given.missing())
  }
}

function cacheHints({ listTtlMs: ttlMs }: GatewayTimes): NonNullable<ServerOptions['cacheHints']> {
  const hint = { ttlMs, cacheScope: 'private' } as const
  return {
    'server/discover': hint,
    'tools/list': hint,
    'prompts/list': hint,
    'resources/list': hint,
    'resources/templates/list': hint,
  }
}

interface Hooks {
  onFault: (error: unknown) => void
  closed: () => void
}

class ExchangeServer extends Server {
  readonly #hooks: Hooks
  override onerror = (error: Error) => this.#hooks.onFault(error)
  override onclose = () => this.#hooks.closed()

  constructor(hooks: Hooks, identity: Catalog['server'], options: ServerOptions) {
    super(identity, options)
    this.#hooks = hooks
  }

  /** Sees to it that every error leaves with its stable code, the SDK's own ones too. */
  override async connect(transport: Transport): Promise<void> {
    const send = transport.send.bind(transport)
    transport.send = (message, options) => send(withStableCode(message), options)
    await super.connect(transport)
  }
}
