import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/**
 * Answers at once what the tunnel door would, and checks nothing: what is measured before it is the
 * way there. Whatever is posted is an operation that ends with a result.
 */
const CATALOG = JSON.stringify({
  etag: '1',
  server: { name: 'stub', version: '1.0.0' },
  instructions: 'Call the tool.',
  tools: [
    {
      name: 'add',
      description: 'Adds.',
      inputSchema: { type: 'object' },
      annotations: {
        readOnlyHint: true,
        destructiveHint: false,
        idempotentHint: true,
        openWorldHint: false,
      },
    },
  ],
  prompts: [],
  resources: [],
  resourceTemplates: [],
})
const NO_OPERATION = '00000000-0000-4000-8000-000000000000'
const RESULT = { content: [{ type: 'text', text: '{"sum":3}' }], structuredContent: { sum: 3 } }

async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  if (incoming.url === '/catalog') {
    outgoing.setHeader('etag', '"1"').end(CATALOG)
    return
  }
  outgoing.setHeader('content-type', 'application/x-ndjson')
  if (incoming.url === '/changes') return say(outgoing, { type: 'hello', etag: '1' })
  const [, opId = NO_OPERATION] = /"op_id":"([^"]+)"/.exec(await text(incoming)) ?? []
  say(outgoing, { type: 'accepted', op_id: opId }, { type: 'result', seq: 1, result: RESULT })
  outgoing.end()
}

function say(outgoing: ServerResponse, ...events: object[]): void {
  outgoing.write(events.map((event) => `${JSON.stringify(event)}\n`).join(''))
}

const server = createServer((incoming, outgoing) => void answer(incoming, outgoing))

// Ends with the bench that started it, however that ends.
process.stdin.resume().on('end', () => process.exit())
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
