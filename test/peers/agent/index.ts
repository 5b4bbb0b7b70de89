import { Agent, getAgentByName } from 'agents'

interface Env {
  Peer: DurableObjectNamespace<Peer>
  MCP_URL: string
}

/** What the test wants of the Agent: its list of tools, or a call. */
interface Wish {
  call?: { name: string; args: Record<string, unknown>; cancelAtFirstProgress: boolean }
}

/** Uses MCPbox as its MCP server over Streamable HTTP, and answers with what it saw. */
export class Peer extends Agent<Env> {
  #server: string | null = null

  /** The list as the Agent keeps it: read once, and again when it hears of another one. */
  async tools(): Promise<string[]> {
    await this.#connect()
    return this.mcp.listTools().map((tool) => tool.name)
  }

  async call({ name, args, cancelAtFirstProgress }: NonNullable<Wish['call']>): Promise<unknown> {
    const serverId = await this.#connect()
    const stop = new AbortController()
    const progress: unknown[] = []
    const onprogress = (step: unknown) => {
      progress.push(step)
      if (cancelAtFirstProgress) stop.abort()
    }
    try {
      const options = { onprogress, signal: stop.signal }
      const result = await this.mcp.callTool({ serverId, name, arguments: args }, options)
      return { result, progress }
    } catch (error) {
      return { error: String(error), progress }
    }
  }

  async #connect(): Promise<string> {
    if (this.#server !== null) return this.#server
    const form = async () => ({ action: 'accept' as const, content: { name: 'an Agent' } })
    this.mcp.configureElicitationHandlers({ form })
    const { id, state } = await this.addMcpServer('mcpbox', this.env.MCP_URL, {
      transport: { type: 'streamable-http' },
    })
    if (state !== 'ready') throw new Error(`the connection is ${state}`)
    this.#server = id
    return id
  }
}

export default {
  async fetch(request, env) {
    const { call } = await request.json<Wish>()
    const peer = await getAgentByName(env.Peer, 'one')
    return Response.json(await (call === undefined ? peer.tools() : peer.call(call)))
  },
} satisfies ExportedHandler<Env>
