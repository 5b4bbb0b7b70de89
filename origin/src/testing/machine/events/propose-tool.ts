import { eventKind } from '../event.ts'
import { requestApproval } from './request-approval.ts'
import { anyWritten, writeTool, written } from './write-tool.ts'

/** An assistant writes a tool, or the next version of one, and asks about it. */
export const proposeTool = eventKind({
  name: 'propose tool',
  weight: 5,
  schema: written,
  arbitrary: anyWritten,
  async happen(world, text) {
    const { server, tool, by } = text
    await writeTool.read(text).happen(world)
    await requestApproval.read({ server, tool, by }).happen(world)
  },
})
