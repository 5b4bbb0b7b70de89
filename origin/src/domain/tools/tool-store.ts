import type { ManifestLine } from '#contract/manifest.ts'
import type { PolicyRule } from '#contract/approval-policy.ts'
import type { Name } from '#contract/names.ts'
import type { VersionState } from '#contract/admin-api.ts'
import type { PublicationKind } from '#contract/publication.ts'
import type { GrantedLine } from '../grants/grant.ts'
import type { Version, VersionText } from './version.ts'

export interface Server {
  id: string
  name: Name
  description: string
  createdBy: string
  createdAt: Date
  /** Null while it runs. */
  stopped: Stop | null
  tools: number
}

/** That a server was stopped: none of its tools is listed, found or called meanwhile. */
export interface Stop {
  at: Date
  /** See activity.ts. */
  actor: string
}

export interface Tool {
  id: string
  server: Name
  name: Name
}

/** A version that might be run, and what a person approved of it; null if nobody approved any. */
export interface Candidate {
  version: Version
  approved: Approved | null
}

/** When a line ends that is being approved. */
export type LineExpiry = Pick<ManifestLine, 'kind' | 'value'> & { at: Date }

/** The hash that was approved, and the lines of the manifest that were granted with it, in force or not. */
export interface Approved {
  hash: string
  /** The rule that approved it; null when a person did. */
  policy: PolicyRule | null
  lines: GrantedLine[]
}

/** Servers, tools and their versions. */
export interface ToolStore {
  /** @throws Refusal name_taken */
  addServer(server: { name: Name; description: string; createdBy: string }): Promise<string>
  servers(): Promise<Server[]>
  serverId(name: Name): Promise<string | null>

  /** @throws Refusal name_taken */
  addTool(tool: { serverId: string; name: Name; createdBy: string }): Promise<string>
  tool(server: Name, name: Name): Promise<Tool | null>
  /** All tools of a server, by name, each with its versions' numbers and states. */
  toolsOf(
    server: Name,
  ): Promise<{ name: Name; versions: { number: number; state: VersionState }[] }[]>

  /**
   * Keeps every other unit of work from changing this tool until this one ends.
   * @returns false when it was deleted
   */
  lock(toolId: string): Promise<boolean>

  /** Stores a text as the tool's newest version, a draft. There must be no other draft. */
  addVersion(toolId: string, text: VersionText, createdBy: string): Promise<Version>
  version(id: string): Promise<Version | null>
  versions(toolId: string): Promise<Version[]>
  versionIn(toolId: string, state: 'draft' | 'pending' | 'live'): Promise<Version | null>
  /**
   * Puts a version into a state, by an approval where it goes live. See life-cycle.ts.
   * @throws Refusal name_taken when something else that is live has its name or address
   */
  move(versionId: string, to: VersionState, approvalId?: string): Promise<void>

  /** The one live version of this kind with this name or address, of a server that runs. */
  liveAt(kind: PublicationKind, address: string): Promise<Candidate | null>
  /** What keeps clients from a live version: that its server is stopped. `by` is for people. */
  stoppedAt(
    kind: PublicationKind,
    address: string,
  ): Promise<(Stop & { server: Name; by: string }) | null>
  /** Addresses with variables of live resources, in a fixed order. */
  liveTemplates(of: 'running' | 'stopped'): Promise<string[]>
  /** The live versions of these kinds of servers that run, by server and tool. */
  live(kinds: readonly PublicationKind[]): Promise<Version[]>
  countLive(kind: PublicationKind): Promise<number>
  candidate(versionId: string): Promise<Candidate | null>
  /** Whether a version of another tool, deleted since or not, was ever approved for the same name or address. */
  wasAnothersLive(version: Version): Promise<boolean>
  /**
   * Lines of a version that stand revoked, or are over, in a version of the same tool that they were
   * granted to later: what was taken back there is not given again by going back.
   */
  takenBackSince(version: Version, now: Date): Promise<ManifestLine[]>
  /** Grants every line of a version's manifest. */
  addGrants(version: Version, approvalId: string, expiries: readonly LineExpiry[]): Promise<void>
}
