import * as fc from 'fast-check'
import { z } from 'zod'
import { agent, anyAgent, anyServer, anyTool, place } from '../choices.ts'
import { eventKind } from '../event.ts'
import { callTool } from './call-tool.ts'
import { crash } from './crash.ts'

/** The process dies while it carries out a call: before the tool ran, while it does, or after. */
export const crashInCall = eventKind({
  name: 'crash in call',
  weight: 3,
  schema: place.extend({ by: agent, after: z.int().nonnegative() }),
  arbitrary: fc.record({ server: anyServer, tool: anyTool, by: anyAgent, after: fc.nat(40) }),
  async happen(world, { after, ...call }) {
    await crash.read({ after }).happen(world)
    await callTool.read({ ...call, through: 'itself' }).happen(world)
  },
})
