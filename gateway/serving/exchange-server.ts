import {
  Server,
  type CallToolResult,
  type ListToolsResult,
  type ServerOptions,
  type Transport,
} from '@modelcontextprotocol/server'
import type { Catalog } from '#contract/catalog.ts'
import type { GatewayPorts } from '../ports.ts'
import { withStableCode } from '../wire/rpc-error.ts'
import type { Asker } from './asker.ts'
import { callTool } from './call-tool.ts'

/** Methods that are answered from the catalog, and need one to be answered. */
const FROM_CATALOG = new Set(['initialize', 'server/discover', 'tools/list'])

export interface ServerInputs {
  asker: Asker
  /** The method that this exchange asks for. */
  method: string
  /** Ends waiting for the catalog. */
  signal: AbortSignal
  /** Asks for the end of the running call; what aborts it is the era's business. */
  cancel: AbortSignal
  /** Told when the exchange is over, however it ended. */
  closed?: () => void
}

/**
 * Makes the one server of one exchange. Throws OriginRefusal when the exchange needs the catalog
 * and there is none.
 */
export async function exchangeServer(ports: GatewayPorts, inputs: ServerInputs): Promise<Server> {
  const catalog = FROM_CATALOG.has(inputs.method)
    ? await ports.origin.catalog(inputs.asker.principal, inputs.signal)
    : null
  const hooks = { onFault: ports.onFault, closed: inputs.closed ?? (() => {}) }
  const server = new ExchangeServer(hooks, catalog?.server ?? ports.identity, {
    capabilities: { tools: { listChanged: true }, logging: {} },
    ...(catalog && { instructions: catalog.instructions }),
    cacheHints: {
      'tools/list': { ttlMs: ports.times.listTtlMs, cacheScope: 'private' },
      'server/discover': { ttlMs: ports.times.listTtlMs, cacheScope: 'private' },
    },
  })
  server.setRequestHandler('tools/list', () => toolList(catalog))
  server.setRequestHandler('logging/setLevel', ({ params }) => {
    inputs.asker.threshold.level = params.level
    return {}
  })
  if (inputs.method === 'tools/call') {
    // Not by setRequestHandler: for this method the SDK would re-parse the result and drop every
    // field that it does not know. A tool's result passes as the origin built it.
    server.fallbackRequestHandler = async ({ params }, ctx) => {
      const result = await callTool(ports, inputs.asker, params, ctx, inputs.cancel)
      return server.projectCallToolResult(result as CallToolResult, undefined)
    }
  }
  return server
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

/** One page, in the catalog's own order. That schemas are of type object is the origin's promise. */
function toolList(catalog: Catalog | null): ListToolsResult {
  return { tools: (catalog?.tools ?? []) as ListToolsResult['tools'] }
}
