import { manifestLines } from '#contract/manifest.ts'
import type { Name } from '#contract/names.ts'
import { parseWireName, wireName } from '#contract/names.ts'
import {
  addressOf,
  matchUri,
  variablesOf,
  type Publication,
  type PublicationKind,
} from '#contract/publication.ts'
import { visibleLine } from '#contract/visible-text.ts'
import { refuse } from '../refusal.ts'
import type { Stores } from '../stores.ts'
import { versionHash } from './version-hash.ts'
import type { Candidate } from './tool-store.ts'
import type { Version } from './version.ts'

/**
 * The version that clients mean by a name or an address: the live one.
 * @throws Refusal unknown_tool, unknown_prompt, unknown_resource, not_approved
 */
export async function callableVersion(
  { tools, approvals }: Pick<Stores, 'tools' | 'approvals'>,
  kind: PublicationKind,
  address: string,
): Promise<Candidate> {
  const live = await tools.liveAt(kind, address)
  if (live !== null) return live
  const own = kind === 'resource' ? null : parseWireName(address)
  const tool = own === null ? null : await tools.tool(own.server, own.tool)
  const versions = tool === null ? [] : await tools.versions(tool.id)
  const elsewhere = versions.find(({ state }) => state === 'live')
  if (elsewhere !== undefined) return unknown(kind, address, elsewhere.publication)
  const [newest] = versions
  if (newest === undefined || newest.publication.kind !== kind) return unknown(kind, address)
  const reason =
    newest.state === 'rejected' ? (await approvals.ofVersion(newest.id)).at(-1)?.reason : null
  return refuse('not_approved', whyNotApproved(address, newest.state, reason ?? null))
}

/**
 * The version that reads this address: the live resource at it, or else the first whose address with
 * variables it fits.
 * @throws Refusal unknown_resource
 */
export async function readableVersion(
  { tools }: Pick<Stores, 'tools'>,
  uri: string,
): Promise<Candidate> {
  const exact = variablesOf(uri).length === 0 ? await tools.liveAt('resource', uri) : null
  if (exact !== null) return exact
  for (const template of await tools.liveTemplates()) {
    const fits = matchUri(template, uri) !== null
    const candidate = fits ? await tools.liveAt('resource', template) : null
    if (candidate !== null) return candidate
  }
  return unknown('resource', uri)
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
      `The stored text of "${wire}" is not what was approved; it will not run. Tell a person.`,
    )
  const granted = new Set(approved.granted.map(({ kind, value }) => `${kind} ${value}`))
  const missing = manifestLines(version.manifest)
    .map(({ kind, value }) => `${kind} ${value}`)
    .filter((line) => !granted.has(line))
  if (missing.length > 0)
    refuse(
      'not_approved',
      `"${wire}" may no longer use: ${missing.join(', ')}. Ask a person, or publish it without.`,
    )
}

function unknown(kind: PublicationKind, address: string, elsewhere?: Publication): never {
  const hint =
    elsewhere === undefined
      ? ''
      : ` It is published as the ${elsewhere.kind} "${addressOf(elsewhere)}".`
  switch (kind) {
    case 'tool':
      return refuse(
        'unknown_tool',
        `There is no tool named "${address}".${hint || ' Look for one with mcpbox_search_tools.'}`,
      )
    case 'prompt':
      return refuse('unknown_prompt', `There is no prompt named "${address}".${hint}`)
    case 'resource':
      return refuse('unknown_resource', `There is no resource at ${address}.`)
  }
}

function whyNotApproved(wire: string, state: Version['state'], reason: string | null): string {
  switch (state) {
    case 'pending':
      return `"${wire}" waits for a person's approval; nobody can call it before that.`
    case 'rejected':
      return `"${wire}" was not approved: ${reason === null ? 'no reason given' : visibleLine(reason).replace(/\.$/, '')}. Change it with mcpbox_update_tool and ask again with mcpbox_request_publish.`
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
