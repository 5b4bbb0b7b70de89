import { type ApprovalPolicy, type PolicyRule, rulesOf } from '#contract/approval-policy.ts'
import { lineText, manifestLines } from '#contract/manifest.ts'
import type { GrantedLine } from '../grants/grant.ts'
import { missingLines } from '../grants/missing-lines.ts'
import type { Stores } from '../stores.ts'
import { testsPass } from '../tool-tests/tests-pass.ts'
import type { Candidate, LineExpiry } from '../tools/tool-store.ts'
import { versionHash } from '../tools/version-hash.ts'
import type { Version } from '../tools/version.ts'
import { impurity } from './pure.ts'
import { growth } from './shrinking.ts'

/** By which rule a version is approved; or, where a person decides, why no rule did. */
export type Verdict = Approving | { rule: null; because: string[] }

/** An approval by a rule, and when lines end that it grants: no later than what it measured by. */
export type Approving = { rule: PolicyRule; expiries: LineExpiry[] }

/**
 * What a policy says of a version that asks for approval. The caller has locked the
 * tool; what the verdict rests on stays as it is until this unit of work ends.
 */
export async function judge(
  stores: Stores,
  policy: ApprovalPolicy,
  version: Version,
): Promise<Verdict> {
  const because: string[] = []
  for (const rule of rulesOf(policy)) {
    const judged = await RULES[rule](stores, version)
    if (typeof judged !== 'string') return { rule, expiries: judged }
    because.push(`${rule}: ${judged}`)
  }
  return { rule: null, because }
}

/** Why a rule leaves the question to a person; when it approves, the ends of what it grants. */
const RULES: Record<
  PolicyRule,
  (stores: Stores, version: Version) => Promise<string | LineExpiry[]>
> = {
  async pure(stores, version) {
    const live = await stores.tools.versionIn(version.toolId, 'live')
    const reason = impurity(version, live)
    if (reason !== null) return reason
    if (await stores.tools.wasAnothersLive(version))
      return 'something else was live under this name before'
    return (await testsPass(stores, version)) ? [] : 'it has no tests, or they do not pass'
  },

  async shrinking({ tools }, version) {
    const before = await tools.versionIn(version.toolId, 'live')
    if (before === null) return 'nothing of it is live'
    const candidate = await tools.candidate(before.id)
    const now = new Date()
    if (candidate === null || !isWhole(candidate, now))
      return 'not all of what is live stands approved by a person'
    const reason = growth(version, before)
    return reason ?? endsOf(version, candidate.approved?.lines ?? [])
  },
}

/** Of each line of a version, when the last of these says that it ends. */
function endsOf({ manifest }: Version, granted: readonly GrantedLine[]): LineExpiry[] {
  const until = new Map(granted.map((line) => [lineText(line), line.expiresAt]))
  return manifestLines(manifest).flatMap(({ kind, value }) => {
    const at = until.get(lineText({ kind, value })) ?? null
    return at === null ? [] : [{ kind, value, at }]
  })
}

/**
 * Whether a version is what a person approved, with all its lines in force. What only the rule `pure`
 * approved was read by nobody, so nothing is measured by it.
 */
function isWhole({ version, approved }: Candidate, now: Date): boolean {
  if (approved === null || approved.policy === 'pure') return false
  return (
    versionHash(version, version.hashFormat) === approved.hash &&
    missingLines(version.manifest, approved.lines, now).length === 0
  )
}
