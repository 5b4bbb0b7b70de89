import { lineText } from '#contract/manifest.ts'
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
import { isAdmin } from '../activity.ts'
import { type MissingLine, missingLines } from '../grants/missing-lines.ts'
import { endedHow } from '../grants/term.ts'
import { refuse } from '../refusal.ts'
import type { Stores } from '../stores.ts'
import { versionHash } from './version-hash.ts'
import type { Approved, Candidate, Tool } from './tool-store.ts'
import type { Version } from './version.ts'

/**
 * The version that clients mean by a name or an address: the live one.
 * @throws Refusal unknown_tool, unknown_prompt, unknown_resource, not_approved, server_stopped
 */
export async function callableVersion(
  { tools, approvals }: Pick<Stores, 'tools' | 'approvals'>,
  kind: PublicationKind,
  address: string,
): Promise<Candidate> {
  const live = await tools.liveAt(kind, address)
  if (live !== null) return live
  await assertNotStopped(tools, kind, address)
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
 * @throws Refusal unknown_resource, server_stopped
 */
export async function readableVersion(
  { tools }: Pick<Stores, 'tools'>,
  uri: string,
): Promise<Candidate> {
  const exact = variablesOf(uri).length === 0 ? await tools.liveAt('resource', uri) : null
  if (exact !== null) return exact
  for (const template of await tools.liveTemplates('running')) {
    const fits = matchUri(template, uri) !== null
    const candidate = fits ? await tools.liveAt('resource', template) : null
    if (candidate !== null) return candidate
  }
  await assertNotStopped(tools, 'resource', uri)
  const stopped = await tools.liveTemplates('stopped')
  const template = stopped.find((address) => matchUri(address, uri) !== null)
  if (template !== undefined) await assertNotStopped(tools, 'resource', template)
  return unknown('resource', uri)
}

/**
 * Checks that a version is, letter for letter, what was approved, and that every line of its
 * manifest is in force. Every call passes here before anything of it is sent anywhere.
 * @throws Refusal hash_mismatch, not_approved
 */
export function assertApproved(candidate: Candidate, now: Date = new Date()): void {
  const { version } = candidate
  const missing = missingLines(version.manifest, approvedText(candidate).lines, now)
  if (missing.length > 0)
    refuse(
      'not_approved',
      `"${wireName(version.server, version.tool)}" may not run: ${missingInWords(missing)}. Ask a person to restore that, or change the tool so that it does without, and publish it.`,
    )
}

/**
 * What was approved of a version, which is letter for letter what is stored.
 * @throws Refusal hash_mismatch, not_approved
 */
export function approvedText({ version, approved }: Candidate): Approved {
  const wire = wireName(version.server, version.tool)
  if (approved === null)
    return refuse('not_approved', `Nobody has approved this text of "${wire}".`)
  if (versionHash(version, version.hashFormat) !== approved.hash)
    refuse(
      'hash_mismatch',
      `The stored text of "${wire}" is not what was approved; it will not run. Tell a person.`,
    )
  return approved
}

/** What is missing, and why, as a sentence without its end. */
function missingInWords(missing: readonly MissingLine[]): string {
  return missing
    .map((line) => {
      const how = line.term === null ? 'nobody granted it' : endedHow(line.term)
      return `it needs ${lineText(line)}, but ${how}`
    })
    .join('; ')
}

/** @throws Refusal server_stopped, when what clients mean by a name or an address is kept from them. */
async function assertNotStopped(
  tools: Stores['tools'],
  kind: PublicationKind,
  address: string,
): Promise<void> {
  const stopped = await tools.stoppedAt(kind, address)
  if (stopped === null) return
  const { server, by, at, actor } = stopped
  const how = isAdmin(actor)
    ? `only an admin starts it again: npx mcpbox servers start ${server}`
    : `start it with mcpbox_start_server, or have an admin do it: npx mcpbox servers start ${server}`
  refuse(
    'server_stopped',
    `The server "${server}" of "${address}" was stopped by ${by} at ${at.toISOString()}; ${how}`,
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

/** `lock`, for a tool that must be there still. @throws Refusal tool_unknown */
export async function lockTool(tools: Stores['tools'], tool: Tool): Promise<void> {
  if (!(await tools.lock(tool.id))) toolUnknown(tool.server, tool.name)
}

/** Sentence for an unknown version of a tool. */
export function versionUnknown(
  { server, name }: { server: Name; name: Name },
  number: number,
): never {
  return refuse(
    'version_unknown',
    `"${wireName(server, name)}" has no version ${number}; mcpbox_list_tool_versions names those it has.`,
  )
}
