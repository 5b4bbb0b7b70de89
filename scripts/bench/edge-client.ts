import { Agent, request, type IncomingMessage } from 'node:http'
import { z } from 'zod'

/** Headers and a body, as a client of MCP posts them. */
export interface Posted {
  headers: Record<string, string>
  body: string
}

const PROTOCOL = '2025-11-25'
const MODERN = '2026-07-28'
const JSON_BODY = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
}
const CLIENT = { name: 'bench', version: '1.0.0' }
const META = {
  'io.modelcontextprotocol/protocolVersion': MODERN,
  'io.modelcontextprotocol/clientInfo': CLIENT,
  'io.modelcontextprotocol/clientCapabilities': {},
}

/** Keep-alive connections to a Worker, without a client library that would cost more than it. */
export class EdgeClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 2_000 })
  readonly #url: URL
  readonly #token: string

  /** @param token what Access signed */
  constructor(worker: URL, token: string) {
    this.#url = new URL('/mcp', worker)
    this.#token = token
  }

  /** Sends and reads to the end. Throws unless the answer is good and holds `sign`. */
  async send(method: string, posted: Posted, sign = ''): Promise<IncomingMessage['headers']> {
    const answer = await this.open(method, posted)
    let text = ''
    for await (const chunk of answer) text += String(chunk)
    if ((answer.statusCode ?? 500) >= 300 || !text.includes(sign))
      throw new Error(`${answer.statusCode}: ${text}`)
    return answer.headers
  }

  /** Sends, and leaves the answer to be read. */
  open(method: string, { headers, body }: Posted): Promise<IncomingMessage> {
    const all = { ...headers, 'cf-access-jwt-assertion': this.#token }
    return new Promise((resolve, reject) => {
      const outgoing = request(this.#url, { method, agent: this.#agent, headers: all }, resolve)
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }

  /** Initializes a session, and says so as clients do. Gives the headers of what follows. */
  async initialize(): Promise<Record<string, string>> {
    const params = { protocolVersion: PROTOCOL, capabilities: {}, clientInfo: CLIENT }
    const answered = await this.send('POST', {
      headers: JSON_BODY,
      body: rpc('initialize', params),
    })
    const session = {
      ...JSON_BODY,
      'mcp-session-id': z.string().parse(answered['mcp-session-id']),
      'mcp-protocol-version': PROTOCOL,
    }
    const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' }
    await this.send('POST', { headers: session, body: JSON.stringify(initialized) })
    return session
  }

  close(): void {
    this.#agent.destroy()
  }
}

/** A call of the era with sessions. */
export function legacyCall(session: Record<string, string>, name: string, args: object): Posted {
  return { headers: session, body: rpc('tools/call', { name, arguments: args }) }
}

/** The least that a session can be asked. */
export function ping(session: Record<string, string>): Posted {
  return { headers: session, body: rpc('ping', {}) }
}

/** A call of the era without. */
export function modernCall(name: string, args: object): Posted {
  return {
    headers: {
      ...JSON_BODY,
      'mcp-protocol-version': MODERN,
      'mcp-method': 'tools/call',
      'mcp-name': name,
    },
    body: rpc('tools/call', { name, arguments: args, _meta: META }),
  }
}

function rpc(method: string, params: object): string {
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
}
