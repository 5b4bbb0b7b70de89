import type { ExecutionKind } from '#contract/admin-api.ts'
import type { EgressRecord } from '#contract/egress.ts'
import type { JsonObject } from '#contract/json.ts'
import type { ClientInfo } from '#contract/operation.ts'
import type { Isolation, Outcome } from '#contract/sandbox.ts'

/** One call (`call`) or one run of a draft (`trial`) of one version. */
export interface Execution {
  id: string
  kind: ExecutionKind
  versionId: string
  /** Number and hash of the version that ran. */
  version: number
  hash: string
  tool: string
  principal: string
  /** For people: an e-mail address, a client id, "this machine". */
  principalLabel: string
  client: ClientInfo | null
  requestId: string
  arguments: JsonObject
  outcome: Outcome['kind']
  detail: string | null
  result: string | null
  stdout: string
  durationMs: number
  isolation: Isolation | null
  /** What it asked of other hosts, or tried to. */
  egress: EgressRecord[]
  startedAt: Date
}

export interface ExecutionFilter {
  tool?: string | undefined
  /** Of this tool alone, not of others that had its name. */
  toolId?: string | undefined
  kind?: ExecutionKind | undefined
  outcome?: Outcome['kind'] | undefined
  /** Key of a principal. */
  principal?: string | undefined
  requestId?: string | undefined
  since?: Date | undefined
  /** Before this, not at it. */
  until?: Date | undefined
  /** Those that are older than the one with this key. */
  before?: { startedAt: Date; id: string } | null
  limit: number
}

export interface ExecutionStore {
  /** Keeps the one that is there, when another replica was faster. */
  add(execution: Omit<Execution, 'version' | 'hash'>): Promise<void>
  /** Newest first. */
  recent(filter: ExecutionFilter): Promise<Execution[]>
  execution(id: string): Promise<Execution | null>
  /** How often each tool was called that was, in any version, by the tool's id. */
  callsByTool(): Promise<ReadonlyMap<string, number>>
}
