import { complaints } from '#contract/complaints.ts'
import { Manifest } from '#contract/manifest.ts'
import { type Name, wireName } from '#contract/names.ts'
import { z } from 'zod'
import type { Call } from '../operations/call.ts'
import { withPackages } from '../packages/choose.ts'
import type { NamedPackage } from '../packages/named-package.ts'
import { refuse } from '../refusal.ts'
import { assertCodeSize, versionText, type Draft } from '../tools/author.ts'
import type { Upload } from '../tools/code-parts.ts'
import { lockTool, toolUnknown } from '../tools/callable.ts'
import { currentVersion } from '../tools/current-version.ts'
import { draft } from '../tools/life-cycle.ts'
import type { Tool } from '../tools/tool-store.ts'
import { versionHash } from '../tools/version-hash.ts'
import type { Version, VersionText } from '../tools/version.ts'
import { describeVersion } from './describe-version.ts'
import { forgetParts } from './given-code.ts'
import { told } from './management-tool.ts'

export const NEXT =
  'Try it with mcpbox_test_code, then ask a person to approve it with mcpbox_request_publish.'

/** What a change was made from, as its author knows it: the number of a version, or its hash. */
export const ChangedFrom = z.union([z.int().positive(), z.string().regex(/^[0-9a-f]{64}$/)])
type ChangedFrom = z.infer<typeof ChangedFrom>

/**
 * The tool of a name and the version that a change changes.
 * @throws Refusal tool_unknown; version_changed when the author read another version
 */
export async function changedVersion(
  { stores }: Pick<Call, 'stores'>,
  { server, name }: { server: Name; name: Name },
  from: ChangedFrom | undefined,
): Promise<{ tool: Tool; before: Version }> {
  const tool = (await stores.tools.tool(server, name)) ?? toolUnknown(server, name)
  const before = currentVersion(await stores.tools.versions(tool.id))
  if (from !== undefined && from !== before.number && from !== before.hash)
    refuse(
      'version_changed',
      `"${wireName(server, name)}" is at version ${before.number} with the hash ${before.hash}, and not at the one that you changed. Read it with mcpbox_get_tool, and change that.`,
    )
  return { tool, before }
}

/**
 * Stores a text as the new draft of a tool, unless it is the newest already, and ends the call.
 * @throws Refusal version_changed when somebody was faster
 */
export async function storeDraft(
  call: Call,
  { tool, before }: { tool: Tool; before: Version },
  text: VersionText,
  upload: Upload | null,
): Promise<void> {
  await call.finish(async (stores) => {
    const { tools, activity } = stores
    await lockTool(tools, tool)
    const newest = currentVersion(await tools.versions(tool.id))
    if (newest.id !== before.id)
      refuse(
        'version_changed',
        'Somebody changed this tool meanwhile; read it with mcpbox_get_tool and change that.',
      )
    await forgetParts(stores, upload)
    if (isSame(newest, versionHash(text)))
      return told({ ...describeVersion(newest), next: 'Nothing changed.' })
    const version = await draft(stores, tool.id, text, call.by)
    await activity.record({
      ...call.doer,
      action: 'version.drafted',
      subject: wireName(tool.server, tool.name),
      details: { hash: version.hash, number: version.number },
    })
    return told({ ...describeVersion(version), next: NEXT })
  })
}

/** A rejected text may be stored again, as a new draft; any other equal text is no change. */
function isSame(newest: Version, hash: string): boolean {
  return newest.hash === hash && newest.state !== 'rejected'
}

/**
 * The whole text of what an author wrote: with what analysis says of the code, and the packages that
 * were named.
 * @throws Refusal code_invalid, package_refused, cancelled, sandbox_unreachable
 */
export async function wholeText(
  call: Call,
  written: Draft,
  packages: readonly NamedPackage[] | undefined,
  before: Version | null,
): Promise<VersionText> {
  assertCodeSize(written.code)
  const { language, code } = written
  const text = versionText(written, await call.analyze({ language, code }))
  return withPackages(call, text, packages, before)
}

/** @throws Refusal invalid_arguments, when its lines do not go together */
export function manifestOf(lines: z.input<typeof Manifest>): Manifest {
  const read = Manifest.safeParse(lines)
  return read.success ? read.data : refuse('invalid_arguments', complaints(read.error))
}
