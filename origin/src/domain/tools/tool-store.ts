import type { ManifestLine } from '#contract/manifest.ts'
import type { Name } from '#contract/names.ts'
import type { Version, VersionState, VersionText } from './version.ts'

export interface Server {
  id: string
  name: Name
  description: string
  createdBy: string
  createdAt: Date
  tools: number
}

export interface Tool {
  id: string
  server: Name
  name: Name
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

  /** Keeps every other unit of work from changing this tool until this one ends. */
  lock(toolId: string): Promise<void>

  /** Stores a text as the tool's newest version, a draft. There must be no other draft. */
  addVersion(toolId: string, text: VersionText, createdBy: string): Promise<Version>
  version(id: string): Promise<Version | null>
  versions(toolId: string): Promise<Version[]>
  versionIn(toolId: string, state: 'draft' | 'pending' | 'live'): Promise<Version | null>
  /** Puts a version into a state, by an approval where it goes live. See life-cycle.ts. */
  move(versionId: string, to: VersionState, approvalId?: string): Promise<void>

  liveVersion(server: Name, tool: Name): Promise<Version | null>
  live(): Promise<Version[]>
  /** The hash that a person approved this version by, and what is granted now; null if nobody has. */
  approvedAs(versionId: string): Promise<{ hash: string; granted: ManifestLine[] } | null>
  addGrants(version: Version, approvalId: string): Promise<void>
}
