import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { z } from 'zod'
import { buildWorker } from '../../scripts/edge/worker-bundle.ts'

const CONFIG = fileURLToPath(new URL('agent/wrangler.toml', import.meta.url))
const Answer = z.object({
  result: z.object({ content: z.array(z.object({ text: z.string() })) }).optional(),
  error: z.string().optional(),
  progress: z.array(z.looseObject({ progress: z.number() })),
})

/** A Cloudflare Agent (`agents`) in workerd whose MCP server is MCPbox. */
export interface AgentPeer extends AsyncDisposable {
  /** The list of tools as the Agent keeps it. */
  tools(): Promise<string[]>
  call(
    name: string,
    args?: Record<string, unknown>,
    options?: { cancelAtFirstProgress?: boolean },
  ): Promise<z.infer<typeof Answer>>
}

export async function startAgent(mcpbox: URL): Promise<AgentPeer> {
  await using starting = new AsyncDisposableStack()
  const bundle = starting.use(await buildWorker(CONFIG))
  const workerd = new Miniflare(
    convertV4MiniflareOptions({
      name: 'peer',
      cf: false,
      modulesRoot: dirname(bundle.script),
      modules: [{ type: 'ESModule', path: bundle.script }],
      compatibilityDate: '2026-10-01',
      compatibilityFlags: ['nodejs_compat'],
      durableObjects: { Peer: { className: 'Peer', useSQLite: true } },
      bindings: { MCP_URL: new URL('/mcp', mcpbox).href },
    }),
  )
  starting.defer(() => workerd.dispose())
  const url = await workerd.ready
  async function ask(wish: object): Promise<unknown> {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(wish) })
    if (!response.ok) throw new Error(await response.text())
    return response.json()
  }
  const running = starting.move()
  return {
    tools: async () => z.array(z.string()).parse(await ask({})),
    call: async (name, args = {}, { cancelAtFirstProgress = false } = {}) =>
      Answer.parse(await ask({ call: { name, args, cancelAtFirstProgress } })),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
