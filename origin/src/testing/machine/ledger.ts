import type { JsonObject } from '#contract/json.ts'
import type { VersionView } from '#contract/admin-api.ts'
import type { Principal } from '#contract/principal.ts'
import type { ApprovalPolicy } from '#contract/approval-policy.ts'
import type { Final } from './world.ts'

/** What somebody did, as activity should tell it: the action, its subject, and what else tells it apart. */
export interface Deed {
  action: string
  subject: string
  details?: JsonObject
}

/** A question as an admin saw it. */
export interface Seen {
  approval: string
  hash: string
  /** The tool, as on the wire. */
  subject: string
}

/** A decision that an admin was told stands. */
export interface Acknowledged {
  approval: string
  hash: string
  state: 'approved' | 'rejected'
  by: string
}

/** A text as an assistant wrote it. */
export interface Written {
  code: string
  lines: string[]
  /** Whether it was last written with a test. */
  tested: boolean
}

/**
 * What those who use MCPbox know: what they were told was done, and what they asked for without
 * hearing. The invariants compare it with what is kept.
 */
export class Ledger {
  /** How often each deed was done at least and at most, by {@link keyOf}. */
  readonly deeds = new Map<string, { least: number; most: number }>()
  readonly decisions: Acknowledged[] = []
  /** Questions as admins saw them, with what has become of them since or without. */
  readonly seen: Seen[] = []
  /** What admins had before their eyes, by the hash that stood beside it. */
  readonly shownTexts = new Map<string, VersionView>()
  /** Hashes that some admin wanted approved. */
  readonly wished = new Set<string>()
  /** What assistants wrote, by its hash. */
  readonly written = new Map<string, Written>()
  /** What somebody was told of a grant, a permission, a server or a tool; null when they never heard. */
  readonly facts = new Map<string, string | null>()
  /** Policies that may be in force, of one server or of all others. Null: that of all. */
  readonly policies = new Map<string, Set<ApprovalPolicy | null>>()
  /** Approvals by a policy that were looked at when they were new. */
  readonly judgedApprovals = new Set<string>()
  /** How often what is rare came to pass. */
  readonly reached = {
    revocations: 0,
    restorations: 0,
    expiries: 0,
    policyApprovals: 0,
    rollbacks: 0,
    stops: 0,
    deletions: 0,
    permitted: 0,
  }
  /** Values that nobody is ever to be shown: of secrets, and of links to set them. */
  readonly hidden = new Set<string>()
  /** Links to set a secret, used or not. */
  readonly links: { path: string; subject: string }[] = []
  /** Ids of operations that tried a draft. */
  readonly trials = new Set<string>()
  /** Ids of operations that ran a version, as their results say. */
  readonly ran = new Set<string>()
  /** Ids of operations whose runs were looked at when they were new. */
  readonly judged = new Set<string>()
  /** How each operation ended, as it was first told, and who asked for it. */
  readonly ends = new Map<string, { as: Principal; end: Final }>()

  /** What is known of something; null for nothing. Nobody has changed it who was not told so. */
  fact(name: string, first: string): string | null {
    const known = this.facts.get(name)
    return known === undefined ? first : known
  }

  /** The policies that may have been set for a server, or for all. */
  policiesOf(where: string): ReadonlySet<ApprovalPolicy | null> {
    return this.policies.get(where) ?? new Set([null])
  }

  /** Whoever asked was told that it was done. */
  done(deed: Deed): void {
    this.between(deed, 1, 1)
  }

  /** Whoever asked never heard whether it was done. */
  unheard(deed: Deed): void {
    this.between(deed, 0, 1)
  }

  /** It was done, and asking for it again does not do it again. */
  doneOnce(deed: Deed): void {
    this.deeds.set(keyOf(deed), { least: 1, most: 1 })
  }

  /** An assistant was answered what running something came to. */
  answered(end: Final): void {
    if (end.type === 'result') this.ran.add(end.opId)
  }

  /** It was done at least and at most so many times more. */
  between(deed: Deed, least: number, most: number): void {
    const key = keyOf(deed)
    const before = this.deeds.get(key) ?? { least: 0, most: 0 }
    this.deeds.set(key, { least: before.least + least, most: before.most + most })
  }
}

/** Details that tell two deeds of one action and subject apart. */
const TELLING = ['hash', 'approval', 'grant', 'execution', 'kind', 'outcome'] as const

export function keyOf({ action, subject, details = {} }: Deed): string {
  const told = TELLING.flatMap((name) =>
    name in details ? [`${name}=${JSON.stringify(details[name])}`] : [],
  )
  return [action, subject, ...told].join(' ')
}
