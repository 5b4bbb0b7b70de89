import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from '@modelcontextprotocol/client'
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import {
  ElicitRequestSchema,
  ResourceUpdatedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js'
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
    cancel?: AbortSignal,
  ): Promise<Called>
  /** Asks for news of a resource; resolves once the server has agreed. */
  follow(uri: string): Promise<void>
}

export interface ClientSettings {
  /** What the client calls itself. */
  name?: string
  /** How long it waits for an answer; 60 s, as the libraries do, unless given. */
  timeoutMs?: number
  /** What the person fills into every form; left out, the client cannot be asked. */
  form?: Record<string, string | number | boolean>
  /** Hears of every list that changed, and of every resource that is followed. */
  onChanged?: (what: 'tools' | 'prompts' | 'resources' | `updated ${string}`) => void
}

/** Patient enough for a restart of what is in between. */
const reconnectionOptions = {
  initialReconnectionDelay: 100,
  maxReconnectionDelay: 1_000,
  reconnectionDelayGrowFactor: 1.5,
  maxRetries: 60,
}
const info = ({ name = 'test-client' }: ClientSettings) => ({ name, version: '1.0.0' })
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

function optionsOf({ form, onChanged }: ClientSettings) {
  const tells = (list: 'tools' | 'prompts' | 'resources') => ({
    autoRefresh: false,
    debounceMs: 0,
    onChanged: () => onChanged?.(list),
  })
  return {
    ...(form && { capabilities: { elicitation: {} } }),
    ...(onChanged && {
      listChanged: {
        tools: tells('tools'),
        prompts: tells('prompts'),
        resources: tells('resources'),
      },
    }),
  }
}

function requestOptions(
  { timeoutMs }: ClientSettings,
  onprogress?: (progress: Progress) => void,
  signal?: AbortSignal,
) {
  return {
    ...(timeoutMs !== undefined && { timeout: timeoutMs }),
    ...(onprogress && { onprogress }),
    ...(signal && { signal }),
  }
}

/** `@modelcontextprotocol/sdk` 1.x: the sessionful clients in the field. */
export async function legacyClient(
  base: URL,
  settings: ClientSettings = {},
): Promise<TestClient & { sessionId: string }> {
  const { form, onChanged } = settings
  const client = new LegacyClient(info(settings), optionsOf(settings))
  if (form) {
    client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: form }))
  }
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) =>
    onChanged?.(`updated ${params.uri}`),
  )
  const transport = new LegacyTransport(mcp(base), { reconnectionOptions })
  await client.connect(transport)
  return {
    protocol: transport.protocolVersion ?? '',
    sessionId: transport.sessionId ?? '',
    tools: async () => (await client.listTools()).tools.map((tool) => tool.name),
    call: async (name, args = {}, onProgress, cancel) =>
      called(
        await client.callTool(
          { name, arguments: args },
          undefined,
          requestOptions(settings, onProgress, cancel),
        ),
      ),
    follow: async (uri) => void (await client.subscribeResource({ uri })),
    [Symbol.asyncDispose]: () => client.close(),
  }
}

/** `@modelcontextprotocol/client` 2.x, stateless: MCP 2026-07-28. */
export function modernClient(base: URL, settings: ClientSettings = {}): Promise<TestClient> {
  return clientOfTwo(base, settings, { pin: '2026-07-28' })
}

/** `@modelcontextprotocol/client` 2.x as it is without further settings: it initializes. */
export function modernClientWithSession(
  base: URL,
  settings: ClientSettings = {},
): Promise<TestClient> {
  return clientOfTwo(base, settings, 'legacy')
}

async function clientOfTwo(
  base: URL,
  settings: ClientSettings,
  mode: 'legacy' | { pin: string },
): Promise<TestClient> {
  const { form, onChanged } = settings
  const client = new ModernClient(info(settings), {
    ...optionsOf(settings),
    versionNegotiation: { mode },
  })
  if (form) {
    client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: form }))
  }
  client.setNotificationHandler('notifications/resources/updated', ({ params }) =>
    onChanged?.(`updated ${params.uri}`),
  )
  await client.connect(new ModernTransport(mcp(base), { reconnectionOptions }))
  return {
    protocol: client.getNegotiatedProtocolVersion() ?? '',
    tools: async () => (await client.listTools()).tools.map((tool) => tool.name),
    call: async (name, args = {}, onProgress, cancel) =>
      called(
        await client.callTool(
          { name, arguments: args },
          requestOptions(settings, onProgress, cancel),
        ),
      ),
    follow: async (uri) =>
      void (mode === 'legacy'
        ? await client.subscribeResource({ uri })
        : await client.listen({ resourceSubscriptions: [uri] })),
    [Symbol.asyncDispose]: () => client.close(),
  }
}
