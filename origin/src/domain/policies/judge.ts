import { type ApprovalPolicy, type PolicyRule, rulesOf } from '#contract/approval-policy.ts'
import { lineText } from '#contract/manifest.ts'
import { missingLines } from '../grants/missing-lines.ts'
import { isInForce } from '../grants/term.ts'
import { permittedLines } from '../permissions/permitted.ts'
import type { Stores } from '../stores.ts'
import type { Candidate } from '../tools/tool-store.ts'
import { versionHash } from '../tools/version-hash.ts'
import type { Version } from '../tools/version.ts'
import { impurity } from './pure.ts'
import { growth } from './shrinking.ts'

/** By which rule a version is approved; or, where a person decides, why no rule did. */
export type Verdict = { rule: PolicyRule } | { rule: null; because: string[] }

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
    const reason = await RULES[rule](stores, version)
    if (reason === null) return { rule }
    because.push(`${rule}: ${reason}`)
  }
  return { rule: null, because }
}

/** Why a rule leaves the question to a person; null when it approves. */
const RULES: Record<PolicyRule, (stores: Stores, version: Version) => Promise<string | null>> = {
  async pure({ tools, proofs }, version) {
    const live = await tools.versionIn(version.toolId, 'live')
    const reason = impurity(version, live)
    if (reason !== null) return reason
    return (await proofs.testsPass(version)) ? null : 'it has no tests, or they do not pass'
  },

  async shrinking({ tools, permissions }, version) {
    const before = await tools.versionIn(version.toolId, 'live')
    if (before === null) return 'nothing of it is live'
    const candidate = await tools.candidate(before.id)
    const now = new Date()
    if (!isWhole(candidate, now)) return 'not all of what is live stands approved by a person'
    const standing = permittedLines(await permissions.ofTool(version.toolId), now)
    const inForce = standing.filter((line) => isInForce(line, now))
    return growth(version, before, new Set(inForce.map(lineText)))
  },
}

/**
 * Whether a version is what a person approved, with all its lines in force. What only the rule `pure`
 * approved was read by nobody, so nothing is measured by it.
 */
function isWhole(candidate: Candidate | null, now: Date): boolean {
  const approved = candidate?.approved ?? null
  if (candidate === null || approved === null || approved.policy === 'pure') return false
  const { version } = candidate
  return (
    versionHash(version, version.hashFormat) === approved.hash &&
    missingLines(version.manifest, approved.lines, now).length === 0
  )
}
