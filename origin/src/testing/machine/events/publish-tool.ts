import * as fc from 'fast-check'
import { wireName } from '#contract/names.ts'
import { decideOn, lookAtWaiting } from '../admin-decides.ts'
import { admin, anyAdmin } from '../choices.ts'
import { eventKind } from '../event.ts'
import { proposeTool } from './propose-tool.ts'
import { anyWritten, written } from './write-tool.ts'

/** How most tools come to be: an assistant writes one and asks about it, an admin looks and approves it. */
export const publishTool = eventKind({
  name: 'publish tool',
  weight: 8,
  schema: written.extend({ admin }),
  arbitrary: fc.tuple(anyWritten, anyAdmin).map(([text, by]) => ({ ...text, admin: by })),
  async happen(world, { admin: by, ...text }) {
    await proposeTool.read(text).happen(world)
    const wire = wireName(text.server, text.tool)
    const waiting = await lookAtWaiting(world, by)
    const question = waiting.find(({ version }) => version.tool === wire)
    if (question === undefined) return
    const seen = { approval: question.id, hash: question.hash, subject: wire }
    await decideOn(world, by, 'approve', seen)
  },
})
