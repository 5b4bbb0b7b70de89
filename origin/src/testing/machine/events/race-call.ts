import * as fc from 'fast-check'
import { z } from 'zod'
import { anyServer, anyTool, place } from '../choices.ts'
import { eventKind } from '../event.ts'
import { callTool } from './call-tool.ts'
import { deleteTool } from './delete-tool.ts'
import { revokeGrant } from './revoke-grant.ts'
import { stopServer } from './stop-server.ts'

const against = ['revoke', 'stop', 'delete'] as const

/** While a tool is called, what it runs by is taken from it. */
export const raceCall = eventKind({
  name: 'race call',
  weight: 2,
  schema: place.extend({ against: z.enum(against) }),
  arbitrary: fc.record({
    server: anyServer,
    tool: anyTool,
    against: fc.constantFrom('revoke' as const, ...against),
  }),
  async happen(world, { server, tool, against }) {
    const other = {
      revoke: revokeGrant.read({ by: 'bob', pick: 0 }),
      stop: stopServer.read({ server, by: 'alice' }),
      delete: deleteTool.read({ server, tool, by: 'alice' }),
    }[against]
    const call = callTool.read({ server, tool, by: 'ben', through: 'itself' })
    await Promise.all([call.happen(world), other.happen(world)])
  },
})
