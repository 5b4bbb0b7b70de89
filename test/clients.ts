import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from '@modelcontextprotocol/client'
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { z } from 'zod'

const Result = z.looseObject({
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
  structuredContent: z.record(z.string(), z.unknown()).optional(),
  isError: z.boolean().optional(),
  _meta: z.record(z.string(), z.unknown()).optional(),
})

/** What a tool call gave, with its texts joined. */
export interface Called {
  content: unknown[]
  text: string
  structured: Record<string, unknown>
  isError: boolean
}

export interface Progress {
  progress: number
  total?: number | undefined
  message?: string | undefined
}

/** A real MCP client, whichever library it is made of. */
export interface TestClient extends AsyncDisposable {
  protocol: string
  tools(): Promise<string[]>
  call(
    name: string,
    args?: Record<string, unknown>,
    onProgress?: (progress: Progress) => void,
  ): Promise<Called>
}

const INFO = { name: 'test-client', version: '1.0.0' }
const mcp = (base: URL) => new URL('/mcp', base)
const called = (raw: unknown): Called => {
  const result = Result.parse(raw)
  return {
    content: result.content,
    text: result.content.map((block) => block.text ?? `[${block.type}]`).join('\n'),
    structured: result.structuredContent ?? {},
    isError: result.isError === true,
  }
}

/** `@modelcontextprotocol/sdk` 1.x: the sessionful clients in the field. */
export async function legacyClient(base: URL): Promise<TestClient & { sessionId: string }> {
  const client = new LegacyClient(INFO)
  const transport = new LegacyTransport(mcp(base))
  await client.connect(transport)
  return {
    protocol: transport.protocolVersion ?? '',
    sessionId: transport.sessionId ?? '',
    tools: async () => (await client.listTools()).tools.map((tool) => tool.name),
    call: async (name, args = {}, onprogress) =>
      called(
        await client.callTool(
          { name, arguments: args },
          undefined,
          onprogress === undefined ? {} : { onprogress },
        ),
      ),
    [Symbol.asyncDispose]: () => client.close(),
  }
}

/** `@modelcontextprotocol/client` 2.x, stateless: MCP 2026-07-28. */
export async function modernClient(base: URL): Promise<TestClient> {
  const client = new ModernClient(INFO, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
  await client.connect(new ModernTransport(mcp(base)))
  return {
    protocol: client.getNegotiatedProtocolVersion() ?? '',
    tools: async () => (await client.listTools()).tools.map((tool) => tool.name),
    call: async (name, args = {}, onprogress) =>
      called(
        await client.callTool(
          { name, arguments: args },
          onprogress === undefined ? {} : { onprogress },
        ),
      ),
    [Symbol.asyncDispose]: () => client.close(),
  }
}
