import * as fc from 'fast-check'
import { z } from 'zod'
import { ApprovalPolicy } from '#contract/approval-policy.ts'
import { admin, anyAdmin } from '../choices.ts'
import { eventKind } from '../event.ts'
import { proposeTool } from './propose-tool.ts'
import { setPolicy } from './set-policy.ts'
import { anyWritten, written } from './write-tool.ts'

/** An admin sets a policy, and an assistant asks about a tool that uses nothing and has a test. */
export const publishByPolicy = eventKind({
  name: 'publish by policy',
  weight: 2,
  schema: z.object({ admin, policy: ApprovalPolicy, text: written }),
  arbitrary: fc.record({
    admin: anyAdmin,
    policy: fc.constantFrom(...ApprovalPolicy.options),
    text: anyWritten,
  }),
  async happen(world, { admin: by, policy, text }) {
    await setPolicy.read({ by, where: 'all', policy }).happen(world)
    const pure = { ...text, secrets: [], hosts: [], tested: true }
    await proposeTool.read(pure).happen(world)
  },
})
