import { ProtocolError, type Server } from '@modelcontextprotocol/server'
import type { LogLevel } from '#contract/operation.ts'
import type { Problem } from '#contract/problem.ts'
import type { GatewayPorts } from '../ports.ts'
import type { Asker } from './asker.ts'
import { problemOf, toProtocolError } from './refusal.ts'

/** What a client settles for a whole session. What is thrown as ProtocolError is told to it. */
export interface SessionSettings {
  setLevel(level: LogLevel): Promise<void>
  subscribe(uri: string): Promise<void>
  unsubscribe(uri: string): Promise<void>
}

const NO_SESSION: Problem = {
  code: 'invalid_request',
  message: 'Following a resource takes a session: send the Mcp-Session-Id that initialize gave.',
}

/** Serves what settles something for a session; a level without a session is good for nothing else. */
export function serveSettings(
  server: Server,
  { threshold }: Asker,
  settings: SessionSettings | null,
  ports: GatewayPorts,
): void {
  /** The empty answer once it is settled. What only the host should know of stays with the host. */
  async function settle(settling: Promise<void> | undefined): Promise<Record<string, never>> {
    try {
      await settling
      return {}
    } catch (thrown) {
      if (thrown instanceof ProtocolError) throw thrown
      throw toProtocolError(problemOf(thrown, ports))
    }
  }
  function inSession(): SessionSettings {
    if (settings === null) throw toProtocolError(NO_SESSION)
    return settings
  }

  server.setRequestHandler('logging/setLevel', async ({ params }) => {
    threshold.level = params.level
    return settle(settings?.setLevel(params.level))
  })
  server.setRequestHandler('resources/subscribe', async ({ params }) =>
    settle(inSession().subscribe(params.uri)),
  )
  server.setRequestHandler('resources/unsubscribe', async ({ params }) =>
    settle(inSession().unsubscribe(params.uri)),
  )
}
