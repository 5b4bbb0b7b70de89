import { legacyCall, modernCall, type EdgeClient } from './edge-client.ts'

/** What is called, and a sign of its result. */
export interface BenchCall {
  name: string
  arguments: object
  sign: string
}

/** One way in which clients use a Worker. */
export interface ClientKind {
  what: string
  /** What comes before the calls that are counted. Gives one call, and what ends the client. */
  start(
    client: EdgeClient,
    call: BenchCall,
  ): Promise<{ call: () => Promise<void>; end: () => void }>
}

/** Nothing is left of most. */
const end = () => {}

/** By the names that the measured numbers have. */
export const KINDS = {
  modern: {
    what: 'MCP 2026-07-28, no session',
    async start(client, { name, arguments: args, sign }) {
      const posted = modernCall(name, args)
      return { call: async () => void (await client.send('POST', posted, sign)), end }
    },
  },
  pooled: {
    what: 'one session for all calls',
    async start(client, { name, arguments: args, sign }) {
      const posted = legacyCall(await client.initialize(), name, args)
      return { call: async () => void (await client.send('POST', posted, sign)), end }
    },
  },
  per_call: {
    what: 'a session for each call',
    async start(client, { name, arguments: args, sign }) {
      return {
        async call() {
          const session = await client.initialize()
          await client.send('POST', legacyCall(session, name, args), sign)
        },
        end,
      }
    },
  },
  per_call_ended: {
    what: '… and each is ended',
    async start(client, { name, arguments: args, sign }) {
      return {
        async call() {
          const headers = await client.initialize()
          await client.send('POST', legacyCall(headers, name, args), sign)
          await client.send('DELETE', { headers, body: '' })
        },
        end,
      }
    },
  },
  listening: {
    what: 'one session that also listens',
    async start(client, { name, arguments: args, sign }) {
      const headers = await client.initialize()
      const stream = await client.open('GET', { headers, body: '' })
      if (stream.statusCode !== 200) throw new Error(`The stream: ${stream.statusCode}`)
      stream.resume()
      stream.on('error', () => {})
      const posted = legacyCall(headers, name, args)
      return {
        call: async () => void (await client.send('POST', posted, sign)),
        end: () => stream.destroy(),
      }
    },
  },
} satisfies Record<string, ClientKind>
