import type { PermissionKind, PermissionRequestState } from '#contract/admin-door/permissions.ts'
import { lineText } from '#contract/manifest.ts'
import { type Name, wireName } from '#contract/names.ts'
import type { ClientInfo } from '#contract/operation.ts'
import type { Term } from '../grants/term.ts'

/** A line, in one tool or, where that is null, in every tool of a server. */
export interface Subject {
  server: Name
  tool: Name | null
  kind: PermissionKind
  value: string
}

/** The same where it is kept. */
export interface Place {
  serverId: string
  toolId: string | null
  kind: PermissionKind
  value: string
}

/** A line that stands permitted, whichever versions name it. */
export interface Permission extends Subject, Place, Term {
  id: string
  grantedBy: string
  grantedAt: Date
}

/** A question to a person about a permission. */
export interface PermissionRequest extends Subject, Place {
  id: string
  justification: string
  state: PermissionRequestState
  requestedBy: string
  client: ClientInfo | null
  requestedAt: Date
  decidedBy: string | null
  decidedAt: Date | null
  reason: string | null
}

/** What a permission is about, as activity names it. */
export function subjectName({ server, tool }: Pick<Subject, 'server' | 'tool'>): string {
  return tool === null ? server : wireName(server, tool)
}

/** What is permitted, and where, in words. */
export function subjectInWords(subject: Subject): string {
  const where = subject.tool === null ? 'all tools of' : `the tool "${subject.tool}" of`
  return `${lineText(subject)} for ${where} "${subject.server}"`
}
