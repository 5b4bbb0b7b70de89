/** What tests post, as clients write it. */

export const ENDPOINT = 'http://mcpbox.test/mcp'

export function post(body: unknown, headers: Record<string, string> = {}): Request {
  return new Request(ENDPOINT, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: isRaw(body) ? body : JSON.stringify(body),
  })
}

function isRaw(body: unknown): body is string | Uint8Array<ArrayBuffer> {
  return typeof body === 'string' || body instanceof Uint8Array
}

export function rpc(id: number | string, method: string, params: object = {}): object {
  return { jsonrpc: '2.0', id, method, params }
}

export function initialize(protocolVersion = '2025-11-25', capabilities: object = {}): object {
  const clientInfo = { name: 'tests', version: '1.0.0' }
  return rpc(0, 'initialize', { protocolVersion, capabilities, clientInfo })
}

export function call(id: number | string, name: string, args: object = {}, meta?: object): object {
  return rpc(id, 'tools/call', { name, arguments: args, ...(meta && { _meta: meta }) })
}

/** A request of the modern era, whole: envelope in the body, its copies in the headers. */
export function modernPost(
  method: string,
  params: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Request {
  const { _meta, ...rest } = params
  const envelope = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'tests', version: '1.0.0' },
    ...(_meta as object),
  }
  return post(rpc(1, method, { ...rest, _meta: envelope }), {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
    ...(typeof params['name'] === 'string' && { 'mcp-name': params['name'] }),
    ...headers,
  })
}
