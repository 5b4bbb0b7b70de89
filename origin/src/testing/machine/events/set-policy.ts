import * as fc from 'fast-check'
import { z } from 'zod'
import { ApprovalPolicy } from '#contract/approval-policy.ts'
import { admin, anyAdmin, SERVERS } from '../choices.ts'
import { eventKind } from '../event.ts'

/** What a policy holds for: one server, or all that have none of their own. */
const Where = z.enum(['all', ...SERVERS])

/** An admin sets by which rules versions are approved without a person. */
export const setPolicy = eventKind({
  name: 'set policy',
  weight: 3,
  schema: z.object({ by: admin, where: Where, policy: ApprovalPolicy.nullable() }),
  arbitrary: fc.record({
    by: anyAdmin,
    where: fc.constantFrom('all' as const, 'all' as const, ...SERVERS),
    policy: fc.constantFrom(...ApprovalPolicy.options, 'pure+shrinking' as const, null),
  }),
  async happen(world, { by, where, policy }) {
    const { ledger } = world
    const [path, body, deed] =
      where === 'all'
        ? [
            '/api/settings/approval_policy',
            { value: policy },
            { action: 'setting.changed', subject: 'approval_policy' },
          ]
        : [
            `/api/servers/${where}/approval-policy`,
            { own: policy },
            { action: 'server.policy_changed', subject: where },
          ]
    const headers = { 'if-match': '*' }
    const heard = await world.admin(by, path, { method: 'PUT', body, headers })
    if (heard === null) {
      ledger.unheard(deed)
      ledger.policies.set(where, new Set([...ledger.policiesOf(where), policy]))
    } else if (heard.status === 200) {
      ledger.done(deed)
      ledger.policies.set(where, new Set([policy]))
    }
  },
})
