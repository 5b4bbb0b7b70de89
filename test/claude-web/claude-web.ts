import { Conversation, type CallResult } from './conversation.ts'
import { discover, type Discovered } from './discovery.ts'
import { ClaudeFailure } from './failure.ts'
import { CALLBACK, CAPABILITIES, CLIENT_INFO, USER_AGENT } from './identity.ts'
import type { ScriptedPerson } from './person.ts'
import type { ClaudeProfile } from './profile.ts'
import { clientIdAt } from './registration.ts'
import { SignIn } from './sign-in.ts'

const DISCOVERY_MS = 10_000

/** A custom connector of Claude Web: one address, one person, one way to speak. */
export class ClaudeWeb {
  readonly mcp: URL
  readonly #profile: ClaudeProfile
  readonly #person: ScriptedPerson
  readonly #callback: string
  #signIn: SignIn | null = null
  #conversation: Conversation | null = null
  #listed: string[] | null = null

  /** @param callback another than Claude's own, for a client that is not Claude */
  constructor(mcp: URL, profile: ClaudeProfile, person: ScriptedPerson, callback = CALLBACK) {
    this.mcp = mcp
    this.#profile = profile
    this.#person = person
    this.#callback = callback
  }

  /**
   * Everything that happens when a person presses Connect: a probe, discovery and registration
   * within 10 s, their sign-in, the code for a token, and the first MCP request.
   */
  async connect(): Promise<void> {
    const budget = AbortSignal.timeout(DISCOVERY_MS)
    const at = await this.discover(budget)
    const clientId = await clientIdAt(at.server, this.#callback, budget)
    this.#signIn = await SignIn.begin(at, clientId, this.#callback, this.#person)
    await this.#probeWithGet()
    this.#conversation = new Conversation(
      (body, headers) => this.#post(body, headers),
      this.#profile,
    )
    await this.#conversation.open()
  }

  /** What a request without a token leads to. */
  async discover(budget = AbortSignal.timeout(DISCOVERY_MS)): Promise<Discovered> {
    const probe = await this.probe(budget)
    if (probe.status !== 401)
      throw new ClaudeFailure("Couldn't reach the MCP server", `${probe.status} without a token`)
    return discover(this.mcp, probe.headers.get('www-authenticate'), budget)
  }

  /** `initialize` without a token, as is sent before a sign-in and now and then afterwards. */
  async probe(signal?: AbortSignal): Promise<Response> {
    const params = {
      protocolVersion: '2025-11-25',
      capabilities: CAPABILITIES,
      clientInfo: CLIENT_INFO,
    }
    const response = await fetch(this.mcp, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: '*/*', 'user-agent': USER_AGENT },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params }),
      ...(signal && { signal }),
    })
    await response.body?.cancel()
    return response
  }

  get protocol(): string {
    return this.#open().protocol
  }

  get signIn(): SignIn {
    if (this.#signIn === null) throw new Error('not connected')
    return this.#signIn
  }

  /** As of the first time that they were asked for: no notice of a change is heard. */
  async tools(): Promise<string[]> {
    this.#listed ??= await this.#open().tools()
    return this.#listed
  }

  call(name: string, args: object = {}): Promise<CallResult> {
    return this.#open().call(name, args)
  }

  #open(): Conversation {
    if (this.#conversation === null) throw new Error('not connected')
    return this.#conversation
  }

  /** A server without a stream says 405 and what it takes; anything else ends the connection. */
  async #probeWithGet(): Promise<void> {
    const response = await fetch(this.mcp, {
      headers: {
        accept: 'text/event-stream',
        authorization: await this.signIn.authorization(),
        'user-agent': USER_AGENT,
      },
    })
    await response.body?.cancel()
    if (response.status !== 405 || response.headers.get('allow') === null)
      throw new ClaudeFailure("Couldn't reach the MCP server", `${response.status} to a GET`)
  }

  /** A refused token is renewed once. */
  async #post(body: object, headers: Record<string, string>): Promise<Response> {
    const once = (authorization: string) =>
      fetch(this.mcp, {
        method: 'POST',
        headers: {
          ...headers,
          'content-type': 'application/json',
          'user-agent': USER_AGENT,
          authorization,
        },
        body: JSON.stringify(body),
      })
    const used = await this.signIn.authorization()
    const response = await once(used)
    if (response.status !== 401) return response
    await response.body?.cancel()
    if (used === (await this.signIn.authorization())) await this.signIn.refresh()
    const again = await once(await this.signIn.authorization())
    if (again.status === 401)
      throw new ClaudeFailure('Authorization with the MCP server failed', 'a new token is refused')
    return again
  }
}
