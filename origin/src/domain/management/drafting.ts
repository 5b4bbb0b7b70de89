import { complaints } from '#contract/complaints.ts'
import { NO_USES, type CodeUses } from '#contract/code-uses.ts'
import { lineText, Manifest, manifestLines } from '#contract/manifest.ts'
import type { ToolTests } from '#contract/tool-tests.ts'
import { type Name, wireName } from '#contract/names.ts'
import { z } from 'zod'
import type { Call } from '../operations/call.ts'
import { withPackages } from '../packages/choose.ts'
import type { NamedPackage } from '../packages/named-package.ts'
import { completedManifest, type WrittenManifest } from '../reading/complete-manifest.ts'
import { manifestCheck } from '../reading/manifest-check.ts'
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
import { keepTests, testsChanged } from './kept-tests.ts'

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
  { text, uses, filledIn }: Whole,
  { upload, tests }: { upload: Upload | null; tests: ToolTests | undefined },
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
      return told({
        ...describeVersion(newest),
        next: (await testsChanged(stores, call, newest, tests))
          ? 'Only its tests changed, which nobody has to approve. Run them with mcpbox_run_tests.'
          : 'Nothing changed.',
      })
    const version = await draft(stores, tool.id, text, call.by)
    await stores.readings.keep(version, uses)
    await keepTests(stores, version, tests, before.hash)
    await activity.record({
      ...call.doer,
      action: 'version.drafted',
      subject: wireName(tool.server, tool.name),
      details: { hash: version.hash, number: version.number },
    })
    return told({
      ...describeVersion(version),
      code_check: { filled_in: filledIn, ...manifestCheck(version, uses) },
      next: NEXT,
    })
  })
}

/** A rejected text may be stored again, as a new draft; any other equal text is no change. */
function isSame(newest: Version, hash: string): boolean {
  return newest.hash === hash && newest.state !== 'rejected'
}

/** What an author wrote, with all that belongs to it. */
export interface Whole {
  text: VersionText
  /** What reading the code told. */
  uses: CodeUses
  /** Lines of the manifest that nobody wrote and the code needs. */
  filledIn: string[]
}

/**
 * The whole text of what an author wrote: with what analysis says of the code, and the packages that
 * were named. The manifest is what the draft has; new code completes the lists that its author left out.
 * @throws Refusal code_invalid, invalid_arguments, package_refused, cancelled, sandbox_unreachable
 */
export async function wholeText(
  call: Call,
  draft: Draft,
  written: WrittenManifest & { code?: string | undefined },
  packages: readonly NamedPackage[] | undefined,
  before: Version | null,
): Promise<Whole> {
  assertCodeSize(draft.code)
  const { language, code } = draft
  const analysis = await call.analyze({ language, code })
  const uses = analysis.valid ? analysis.uses : NO_USES
  const seen = written.code === undefined ? NO_USES : uses
  const lines = completedManifest(written, seen, draft.manifest)
  const manifest = manifestOf({ ...lines, packages: draft.manifest.packages })
  const { hosts = [], modules = [], secrets = [] } = written
  const named = { hosts: [...hosts], modules: [...modules], secrets: [...secrets], packages: [] }
  const known = new Set([...manifestLines(draft.manifest), ...manifestLines(named)].map(lineText))
  return {
    text: await withPackages(call, versionText({ ...draft, manifest }, analysis), packages, before),
    uses,
    filledIn: manifestLines(manifest)
      .map(lineText)
      .filter((line) => !known.has(line)),
  }
}

/** @throws Refusal invalid_arguments, when its lines do not go together */
function manifestOf(lines: z.input<typeof Manifest>): Manifest {
  const read = Manifest.safeParse(lines)
  return read.success ? read.data : refuse('invalid_arguments', complaints(read.error))
}
