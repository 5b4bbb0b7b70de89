import { randomUUID } from 'node:crypto'
import { EMPTY_MANIFEST, lineText, Manifest } from '#contract/manifest.ts'
import { Name, wireName } from '#contract/names.ts'
import { UNSEEN } from '../domain/activity.ts'
import type { Admin } from '../domain/admins/admin-store.ts'
import type { Approval } from '../domain/approvals/approval-store.ts'
import { askApproval } from '../domain/approvals/ask.ts'
import { decide } from '../domain/approvals/decide.ts'
import type { Stores, Within } from '../domain/stores.ts'
import { CAUTIOUS_ANNOTATIONS } from '../domain/tools/author.ts'
import { draft } from '../domain/tools/life-cycle.ts'
import { ownPublication } from '../domain/tools/publishable.ts'
import type { Tool } from '../domain/tools/tool-store.ts'
import type { Version, VersionText } from '../domain/tools/version.ts'

/** A server name that no other test uses. */
export function freshName(): Name {
  return Name.parse(`s${randomUUID().replaceAll('-', '').slice(0, 20)}`)
}

export function manifest(lines: { [kind in keyof Manifest]?: string[] } = {}): Manifest {
  return Manifest.parse({ ...EMPTY_MANIFEST, ...lines })
}

/** A small text of a version, with what the test cares about changed. */
export function versionText(change: Partial<VersionText> = {}): VersionText {
  const named = { server: Name.parse('weather'), tool: Name.parse('forecast'), ...change }
  return {
    publication: ownPublication(named),
    description: 'Tells the weather.',
    language: 'python',
    code: 'async def main(city: str) -> dict:\n    return {"city": city}\n',
    inputSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    outputSchema: null,
    annotations: CAUTIOUS_ANNOTATIONS,
    manifest: manifest(),
    moduleLock: null,
    timeoutMs: 30_000,
    queueWhenAway: false,
    ...named,
  }
}

/** A tool on a server of its own, with one draft. */
export async function draftedTool(
  within: Within,
  change: Partial<VersionText> = {},
): Promise<{ tool: Tool; version: Version; wire: string }> {
  const text = versionText({ server: freshName(), ...change })
  return within(async (stores) => {
    const { tools } = stores
    const serverId = await tools.addServer({
      name: text.server,
      description: '',
      createdBy: 'local',
    })
    const id = await tools.addTool({ serverId, name: text.tool, createdBy: 'local' })
    const version = await draft(stores, id, text, 'local')
    const tool = { id, server: text.server, name: text.tool }
    return { tool, version, wire: wireName(text.server, text.tool) }
  })
}

/** One more draft of a tool. */
export function redraft(within: Within, version: Version, change: Partial<VersionText>) {
  return within((stores) => draft(stores, version.toolId, { ...version, ...change }, 'local'))
}

/** The question about a tool's draft. */
export async function asked(within: Within, tool: Tool): Promise<Approval> {
  const asker = { actor: 'local', ...UNSEEN }
  return (await within((stores) => askApproval(stores, tool, asker, ''))).approval
}

export function newAdmin({ admins }: Pick<Stores, 'admins'>): Promise<Admin> {
  return admins.add(`admin_${randomUUID().slice(0, 8)}`, 'no password fits this')
}

export function approve(within: Within, admin: Admin, { id, hash }: Approval): Promise<Version> {
  return within((stores) =>
    decide(stores, admin, { approvalId: id, hash, decision: 'approve', reason: null }, UNSEEN),
  )
}

export function reject(within: Within, admin: Admin, { id, hash }: Approval, reason: string) {
  return within((stores) =>
    decide(stores, admin, { approvalId: id, hash, decision: 'reject', reason }, UNSEEN),
  )
}

/** A tool on a server of its own, with one live version. */
export async function approvedTool(
  { stores, within }: { stores: Stores; within: Within },
  change: Partial<VersionText> = {},
) {
  const drafted = await draftedTool(within, change)
  const admin = await newAdmin(stores)
  const approval = await asked(within, drafted.tool)
  await approve(within, admin, approval)
  const version = await stores.tools.version(drafted.version.id)
  if (version === null) throw new Error('the approved version is gone')
  return { ...drafted, version, admin, approval }
}

/** The line of a version with this text, such as `host a.example`. */
export async function grantOf({ grants }: Pick<Stores, 'grants'>, version: Version, line: string) {
  const all = await grants.list(
    { server: version.server, tool: version.tool, all: true },
    { after: null, limit: 100 },
  )
  const grant = all.find((one) => one.version.id === version.id && lineText(one) === line)
  if (grant === undefined) throw new Error(`${line} was never granted`)
  return grant
}
