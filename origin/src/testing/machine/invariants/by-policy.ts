import { type ApprovalPolicy, rulesOf } from '#contract/approval-policy.ts'
import type { Kept } from '../kept.ts'
import type { Ledger } from '../ledger.ts'
import { isWhole, linesOf, type Standing } from '../standing.ts'
import type { World } from '../world.ts'
import { holds } from './broken.ts'

/**
 * What no person approved, a rule did that was in force when it was asked, and that fits: `pure` for what
 * uses nothing and has passed its tests, `shrinking` for what is less than what a person had approved
 * and was whole then.
 */
export function byPolicy(world: World, { approvals, versions }: Kept): void {
  const { ledger } = world
  for (const { id, version, state, policy, decided_by: by } of approvals) {
    if (state !== 'approved' || policy === null || ledger.judgedApprovals.has(id)) continue
    ledger.judgedApprovals.add(id)
    const asked = versions.find((one) => one.id === version)
    if (asked === undefined) throw new Error(`approval ${id} is about nothing`)
    holds(by === null, `${id} was decided by a policy and by ${by}`)
    const inForce = policiesFor(ledger, asked.wire).flatMap(rulesOf)
    holds(
      inForce.some((rule) => rule === policy),
      `${asked.wire} was approved by ${policy}, which was not in force`,
    )
    holds(
      policy === 'pure' ? isPure(world, asked) : isLess(world, asked),
      `${asked.wire} was approved by ${policy}, which it is not`,
    )
    ledger.reached.policyApprovals += 1
  }
}

/** The policies that may be in force for a tool, as far as anybody was told. */
function policiesFor(ledger: Ledger, wire: string): ApprovalPolicy[] {
  const [server = ''] = wire.split('__')
  const ofAll = [...ledger.policiesOf('all')].map((policy) => policy ?? 'ask')
  return [...ledger.policiesOf(server)].flatMap((own) => own ?? ofAll)
}

function isPure({ sandbox, ledger }: World, { hash, code, manifest }: Standing): boolean {
  return (
    linesOf(manifest).length === 0 &&
    ledger.written.get(hash)?.tested === true &&
    !code.includes('raise') &&
    sandbox.begun.some(
      ({ request }) => request.answered_by !== 'network' && request.version.hash === hash,
    )
  )
}

function isLess({ before }: World, { wire, code, manifest, permitted }: Standing): boolean {
  return before.some(
    (live) =>
      live.wire === wire &&
      live.state === 'live' &&
      live.code === code &&
      live.approved &&
      live.policy !== 'pure' &&
      isWhole(live) &&
      linesOf(manifest).every(
        (line) => permitted.includes(line) || linesOf(live.manifest).includes(line),
      ),
  )
}
