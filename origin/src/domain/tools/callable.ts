import { manifestLines } from '#contract/manifest.ts'
import type { Name } from '#contract/names.ts'
import { parseWireName, wireName } from '#contract/names.ts'
import { refuse } from '../refusal.ts'
import type { Stores } from '../stores.ts'
import { versionHash } from './version-hash.ts'
import type { Candidate } from './tool-store.ts'
import type { Version } from './version.ts'

/**
 * The version that a call by this wire name means: the live one.
 * @throws Refusal unknown_tool, not_approved
 */
export async function callableVersion(
  { tools, approvals }: Pick<Stores, 'tools' | 'approvals'>,
  wire: string,
): Promise<Candidate> {
  const live = await liveVersion({ tools }, wire)
  if (live !== null) return live
  const name = parseWireName(wire)
  const tool = name === null ? null : await tools.tool(name.server, name.tool)
  if (tool === null) return refuse('unknown_tool', `There is no tool named "${wire}".`)
  const [newest] = await tools.versions(tool.id)
  const reason =
    newest?.state === 'rejected' ? (await approvals.ofVersion(newest.id)).at(-1)?.reason : null
  return refuse('not_approved', whyNotApproved(wire, newest?.state ?? 'draft', reason ?? null))
}

/** The version that a call by this wire name means; null when there is none that may be called. */
export async function liveVersion(
  { tools }: Pick<Stores, 'tools'>,
  wire: string,
): Promise<Candidate | null> {
  const name = parseWireName(wire)
  return name === null ? null : tools.liveVersion(name.server, name.tool)
}

/**
 * Checks that a version is, letter for letter, what a person approved, and that every line of its
 * manifest is still granted. Every execution of a call passes here, and none comes around it.
 * @throws Refusal hash_mismatch, not_approved
 */
export function assertApproved({ version, approved }: Candidate): void {
  const wire = wireName(version.server, version.tool)
  if (approved === null)
    return refuse('not_approved', `Nobody has approved this text of "${wire}".`)
  if (versionHash(version, version.hashFormat) !== approved.hash)
    refuse(
      'hash_mismatch',
      `The stored text of "${wire}" is not what was approved; it will not run.`,
    )
  const granted = new Set(approved.granted.map(({ kind, value }) => `${kind} ${value}`))
  const missing = manifestLines(version.manifest)
    .map(({ kind, value }) => `${kind} ${value}`)
    .filter((line) => !granted.has(line))
  if (missing.length > 0)
    refuse('not_approved', `"${wire}" may no longer use: ${missing.join(', ')}.`)
}

function whyNotApproved(wire: string, state: Version['state'], reason: string | null): string {
  switch (state) {
    case 'pending':
      return `"${wire}" waits for a person's approval; nobody can call it before that.`
    case 'rejected':
      return `"${wire}" was not approved: ${reason?.replace(/\.$/, '') ?? 'no reason given'}. Change it with mcpbox_update_tool and ask again with mcpbox_request_publish.`
    case 'draft':
    case 'archived':
    case 'live':
      return `"${wire}" is a draft that nobody has approved; ask for approval with mcpbox_request_publish.`
  }
}

/** Sentence for an unknown server. */
export function serverUnknown(server: Name): never {
  return refuse(
    'server_unknown',
    `There is no server named "${server}"; mcpbox_list_servers names those there are, mcpbox_create_server makes one.`,
  )
}

/** Sentence for an unknown tool of the management tools. */
export function toolUnknown(server: Name, tool: Name): never {
  return refuse(
    'tool_unknown',
    `The server "${server}" has no tool named "${tool}"; mcpbox_list_tools names those it has.`,
  )
}
