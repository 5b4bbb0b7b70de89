import type { VersionHistoryItem } from '#contract/admin-door/history.ts'
import { decisionFacts } from '../approvals/decision-facts.ts'
import type { Stores } from '../stores.ts'
import { changesInWords } from './changes-in-words.ts'
import type { Version } from './version.ts'

/** Which versions of a tool are told: newest first, below a number, so many. */
export interface HistoryPage {
  below: number | null
  limit: number
}

/** A tool's versions, newest first: who wrote each, what it changed, what was decided about it. */
export async function versionHistory(
  { tools, approvals, principals }: Pick<Stores, 'tools' | 'approvals' | 'principals'>,
  toolId: string,
  { below, limit }: HistoryPage,
): Promise<VersionHistoryItem[]> {
  const versions = await tools.versions(toolId)
  const at = below === null ? 0 : versions.findIndex(({ number }) => number < below)
  const shown = at < 0 ? [] : versions.slice(at, at + limit)
  const told = []
  for (const version of shown)
    told.push({
      version: version.number,
      state: version.state,
      hash: version.hash,
      created_by: await principals.label(version.createdBy),
      created_at: version.createdAt.toISOString(),
      approvals: (await approvals.ofVersion(version.id)).map((approval) => ({
        id: approval.id,
        requested_at: approval.requestedAt.toISOString(),
        ...decisionFacts(approval),
      })),
      changes: changesIn(version, before(version, versions)),
    })
  return told
}

function before({ number }: Version, versions: readonly Version[]): Version | undefined {
  return versions.find((other) => other.number < number)
}

function changesIn(version: Version, previous: Version | undefined): string[] {
  if (previous === undefined) return ['The first version.']
  const words = changesInWords(previous, version)
  return words.length === 0 ? [`The text of version ${previous.number} again.`] : words
}
