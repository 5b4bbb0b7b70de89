import { z } from 'zod'
import { answerOf, type Message } from '#gateway/testing/answers.ts'
import { ClaudeFailure } from './failure.ts'
import { CAPABILITIES, CLIENT_INFO } from './identity.ts'
import type { ClaudeProfile } from './profile.ts'

const MODERN = '2026-07-28'
const LEGACY = '2025-11-25'
const SESSION_HEADER = 'mcp-session-id'
/** Errors by which a server of 2026-07-28 is known: mismatch, capability, version. */
const MODERN_ERRORS = [-32020, -32021, -32022]

/** Posts one message, signed in. */
export type Post = (body: object, headers: Record<string, string>) => Promise<Response>

const Tools = z.looseObject({ tools: z.array(z.looseObject({ name: z.string() })) })
const Result = z.looseObject({
  content: z.array(z.looseObject({ text: z.string().optional() })),
  structuredContent: z.record(z.string(), z.unknown()).optional(),
  isError: z.boolean().optional(),
})
export type CallResult = z.infer<typeof Result>

/** MCP as Claude Web speaks it: every id is 1, a lost session is not opened again, and what a
 * stream says beside the answer is not listened to. */
export class Conversation {
  readonly #post: Post
  readonly #profile: ClaudeProfile
  #modern = false
  #session: string | null = null

  constructor(post: Post, profile: ClaudeProfile) {
    this.#post = post
    this.#profile = profile
  }

  /** The revision that was agreed on. */
  get protocol(): string {
    return this.#modern ? MODERN : LEGACY
  }

  async open(): Promise<void> {
    if (this.#profile.opens !== 'initialize') {
      this.#modern = await this.#discover()
      if (this.#modern) return
    }
    this.#session = await this.#initialize()
  }

  /** The first page; the others are not asked for. */
  async tools(): Promise<string[]> {
    const { tools } = Tools.parse(await this.#request('tools/list', {}, this.#session))
    return tools.map((tool) => tool.name)
  }

  async call(name: string, args: object): Promise<CallResult> {
    const own = this.#profile.session === 'one for each call' && !this.#modern
    const session = own ? await this.#initialize() : this.#session
    return Result.parse(await this.#request('tools/call', { name, arguments: args }, session))
  }

  /** Whether the server is one of 2026-07-28; any refusal in other words says that it is not. */
  async #discover(): Promise<boolean> {
    const params = this.#profile.opens === 'server/discover' ? this.#envelope() : {}
    const response = await this.#post(
      rpc('server/discover', params),
      this.#headersOf('server/discover'),
    )
    const answer = await answerOf(response)
    if (response.ok) return answer.result !== undefined
    return response.status === 400 && MODERN_ERRORS.includes(answer.error?.code ?? 0)
  }

  /** The id of the new session. `notifications/initialized` comes from elsewhere, without it. */
  async #initialize(): Promise<string | null> {
    const params = { protocolVersion: LEGACY, capabilities: CAPABILITIES, clientInfo: CLIENT_INFO }
    const response = await this.#post(rpc('initialize', params), this.#plain())
    await resultOf(response)
    const notice = { jsonrpc: '2.0', method: 'notifications/initialized' }
    const noticed = await this.#post(notice, { ...this.#plain(), 'mcp-protocol-version': LEGACY })
    await noticed.body?.cancel()
    if (noticed.status !== 202)
      throw new ClaudeFailure(
        "Couldn't reach the MCP server",
        `${noticed.status} to a notification`,
      )
    return response.headers.get(SESSION_HEADER)
  }

  async #request(method: string, params: object, session: string | null) {
    const echoed = this.#profile.session !== 'never echoed' && session !== null
    const headers = this.#modern
      ? this.#headersOf(method, params)
      : {
          ...this.#plain(),
          'mcp-protocol-version': LEGACY,
          ...(echoed && { [SESSION_HEADER]: session }),
        }
    const whole = this.#modern ? { ...params, ...this.#envelope() } : params
    return resultOf(await this.#post(rpc(method, whole), headers))
  }

  #plain(): Record<string, string> {
    return { accept: this.#profile.accept }
  }

  #headersOf(method: string, params: object = {}): Record<string, string> {
    return {
      ...this.#plain(),
      'mcp-protocol-version': this.#profile.modernHeader,
      'mcp-method': method,
      ...('name' in params && { 'mcp-name': String(params.name) }),
    }
  }

  #envelope() {
    return {
      _meta: {
        'io.modelcontextprotocol/protocolVersion': MODERN,
        'io.modelcontextprotocol/clientCapabilities': CAPABILITIES,
        'io.modelcontextprotocol/clientInfo': CLIENT_INFO,
      },
    }
  }
}

function rpc(method: string, params: object): object {
  return { jsonrpc: '2.0', id: 1, method, params }
}

async function resultOf(response: Response): Promise<Message['result']> {
  if (!response.ok) {
    const why = `${response.status} ${await response.text()}`
    throw new ClaudeFailure('Anthropic Proxy: Invalid content from server', why)
  }
  const { result, error } = await answerOf(response)
  if (result === undefined)
    throw new ClaudeFailure('Anthropic Proxy: Invalid content from server', JSON.stringify(error))
  return result
}
