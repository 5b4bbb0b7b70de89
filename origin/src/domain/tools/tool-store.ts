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

/** An approved line of a version's manifest that has not been revoked. */
export interface Grant {
  kind: 'host' | 'module' | 'secret'
  value: string
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

  /**
   * Stores a text as the tool's newest version, a draft. The draft before it is archived; a
   * version that waited for approval is archived and its question withdrawn.
   */
  addVersion(toolId: string, text: VersionText, createdBy: string): Promise<Version>
  version(id: string): Promise<Version | null>
  versions(toolId: string): Promise<Version[]>
  versionIn(toolId: string, state: 'draft' | 'pending' | 'live'): Promise<Version | null>
  /** Moves a version to a state; going live archives the version that was live. */
  move(version: Version, to: VersionState, approvalId: string | null): Promise<void>

  live(): Promise<Version[]>
  grants(versionId: string): Promise<Grant[]>
  addGrants(version: Version, approvalId: string): Promise<void>
}
