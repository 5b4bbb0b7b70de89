import { z } from 'zod'

/** A rule by which a version is approved without a person; see docs/decisions/0028. */
export const PolicyRule = z.enum(['pure', 'shrinking'])
export type PolicyRule = z.infer<typeof PolicyRule>

/** Which rules hold; with `ask`, none does, and a person decides on everything. */
export const ApprovalPolicy = z.enum(['ask', 'pure', 'shrinking', 'pure+shrinking'])
export type ApprovalPolicy = z.infer<typeof ApprovalPolicy>

/** The rules of a policy, in the order in which they are tried. */
export function rulesOf(policy: ApprovalPolicy): readonly PolicyRule[] {
  switch (policy) {
    case 'ask':
      return []
    case 'pure':
    case 'shrinking':
      return [policy]
    case 'pure+shrinking':
      return ['pure', 'shrinking']
  }
}
