import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SANDBOX_KEY_HEADER } from '#contract/sandbox.ts'

export interface Heard {
  method: string
  path: string
  key: string | undefined
  body: string
}

/** How a tiny sandbox answers one request. */
export type Answer = (response: ServerResponse, heard: Heard) => void | Promise<void>

/** An HTTP server in the place of a sandbox: answers as it is told, in order, the last one for ever. */
export async function tinySandbox(...answers: Answer[]) {
  const heard: Heard[] = []
  let next = 0
  async function hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const said = {
      method: request.method ?? '',
      path: request.url ?? '',
      key: request.headers[SANDBOX_KEY_HEADER]?.toString(),
      body: await text(request),
    }
    heard.push(said)
    if (said.method === 'DELETE') response.writeHead(204).end()
    else await answers[Math.min(next++, answers.length - 1)]?.(response, said)
  }
  const server = createServer((request, response) => void hear(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    heard,
    /** Breaks off whatever is being answered. */
    cut: () => server.closeAllConnections(),
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      if (server.listening) await once(server, 'close')
    },
  }
}

/** Answers with JSON. */
export function json(value: unknown, status = 200): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  }
}

/** Answers with lines of NDJSON, and ends well. */
export function stream(...events: unknown[]): Answer {
  return (response) => {
    response.end(events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  }
}

/** Answers with lines of NDJSON, and then says nothing more, until somebody cuts it off. */
export function held(...events: unknown[]): Answer {
  return (response) => {
    response.write(events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  }
}

/** Breaks off before the first byte. */
export const hangUp: Answer = (response) => {
  response.destroy()
}

/** Breaks off in the middle of what it announced. */
export const breakOff: Answer = (response) => {
  response.writeHead(200, { 'content-length': 100 })
  response.write('{', () => response.destroy())
}

/** Never answers. */
export const mute: Answer = () => {}
