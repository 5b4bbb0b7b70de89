import * as fc from 'fast-check'
import { z } from 'zod'
import { decideOn, lookAtWaiting } from '../admin-decides.ts'
import { anyPick, anySecret, pick, picked, SECRETS } from '../choices.ts'
import { eventKind } from '../event.ts'
import { callTool } from './call-tool.ts'
import { writeTool } from './write-tool.ts'

const against = ['reject', 'approve', 'write', 'call'] as const

/**
 * Two act at once on one tool: while alice approves its question, bob decides too, or an assistant
 * writes the next version, or calls it.
 */
export const race = eventKind({
  name: 'race',
  weight: 3,
  schema: z.object({ against: z.enum(against), pick, secret: z.enum(SECRETS) }),
  arbitrary: fc.record({
    against: fc.constantFrom(...against),
    pick: anyPick,
    secret: anySecret,
  }),
  async happen(world, { against, pick, secret }) {
    const question = picked(await lookAtWaiting(world, 'alice'), pick)
    if (question === undefined) return
    const { server, tool } = namesOf(question.version.tool)
    const seen = { approval: question.id, hash: question.hash, subject: question.version.tool }
    const other = {
      reject: () => decideOn(world, 'bob', 'reject', seen),
      approve: () => decideOn(world, 'bob', 'approve', seen),
      write: () =>
        writeTool
          .read({
            server,
            tool,
            by: 'ben',
            text: 7,
            fails: false,
            secrets: [secret],
            hosts: [],
            tested: false,
          })
          .happen(world),
      call: () => callTool.read({ server, tool, by: 'ben', through: 'itself' }).happen(world),
    }[against]
    await Promise.all([decideOn(world, 'alice', 'approve', seen), other()])
  },
})

function namesOf(wire: string): { server: string; tool: string } {
  const [server = '', tool = ''] = wire.split('__')
  return { server, tool }
}
