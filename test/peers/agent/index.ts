import { Agent, getAgentByName } from 'agents'

interface Env {
  Peer: DurableObjectNamespace<Peer>
  MCP_URL: string
}

/** Connects to MCPbox over Streamable HTTP and calls one tool; answers with what it saw. */
export class Peer extends Agent<Env> {
  async callThrough(name: string, args: Record<string, unknown>): Promise<unknown> {
    const { id, state } = await this.addMcpServer('mcpbox', this.env.MCP_URL, {
      transport: { type: 'streamable-http' },
    })
    if (state !== 'ready') throw new Error(`the connection is ${state}`)
    const tools = this.mcp.listTools().map((tool) => tool.name)
    const result = await this.mcp.callTool({ serverId: id, name, arguments: args })
    return { tools, result }
  }
}

export default {
  async fetch(request, env) {
    const { name, args } = await request.json<{ name: string; args: Record<string, unknown> }>()
    const peer = await getAgentByName(env.Peer, 'one')
    return Response.json(await Promise.resolve(peer.callThrough(name, args)))
  },
} satisfies ExportedHandler<Env>
