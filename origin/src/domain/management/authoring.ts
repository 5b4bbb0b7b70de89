import { z } from 'zod'
import { NO_USES } from '#contract/code-uses.ts'
import { complaints } from '#contract/complaints.ts'
import { DEFAULT_TIMEOUT_MS } from '#contract/limits.ts'
import { EMPTY_MANIFEST, Manifest, manifestLines } from '#contract/manifest.ts'
import { wireName } from '#contract/names.ts'
import type { PublicationKind } from '#contract/publication.ts'
import type { ToolTests } from '#contract/tool-tests.ts'
import type { Call } from '../operations/call.ts'
import { withPackages } from '../packages/choose.ts'
import { completedManifest, type WrittenManifest } from '../reading/complete-manifest.ts'
import { manifestCheck } from '../reading/manifest-check.ts'
import { refuse } from '../refusal.ts'
import type { Stores } from '../stores.ts'
import { assertCodeSize, CAUTIOUS_ANNOTATIONS, versionText, type Draft } from '../tools/author.ts'
import { serverUnknown, toolUnknown } from '../tools/callable.ts'
import { draft } from '../tools/life-cycle.ts'
import { publicationFrom, type WrittenPublication } from '../tools/publishable.ts'
import { versionHash } from '../tools/version-hash.ts'
import type { Version } from '../tools/version.ts'
import { describeVersion } from './describe-version.ts'
import * as inputs from './inputs.ts'
import * as outputs from './outputs.ts'
import { ADDS, managementTool, told } from './management-tool.ts'
import { assertReadable, keepTests } from './tests.ts'

const NEXT =
  'Try it with mcpbox_test_code, then ask a person to approve it with mcpbox_request_publish.'

export const createTool = managementTool({
  name: 'mcpbox_create_tool',
  title: 'Write a new tool, prompt or resource',
  description:
    'Stores a new draft in Python or TypeScript. A prompt returns text or messages `{role, content}`, a resource text, JSON or a `File`. Nobody can call it until a person has approved exactly this text, with all that it reaches.',
  input: z.strictObject({
    server: inputs.server,
    name: inputs.tool,
    kind: inputs.kind.optional(),
    published_as: inputs.publishedAs.optional(),
    mime_type: inputs.mimeType.optional(),
    language: inputs.language.default('python'),
    code: inputs.code,
    description: inputs.description.default(''),
    hosts: inputs.hosts.optional(),
    modules: inputs.modules.optional(),
    packages: inputs.packages.default([]),
    secrets: inputs.secrets.optional(),
    timeout_ms: inputs.timeout.default(DEFAULT_TIMEOUT_MS),
    queue_when_away: inputs.queueWhenAway.default(false),
    hints: inputs.hints.default({}),
    tests: inputs.tests.optional(),
  }),
  output: outputs.stored,
  annotations: ADDS,
  async answer(call, input) {
    const { server, name: tool } = input
    assertReadable(input.tests ?? [])
    const { written, uses, filledIn } = await analysed(call, input, {
      server,
      tool,
      publication: publicationFrom(published(input), { server, tool }),
      language: input.language,
      code: input.code,
      description: input.description,
      annotations: hinted(CAUTIOUS_ANNOTATIONS, input.hints),
      manifest: EMPTY_MANIFEST,
      moduleLock: null,
      timeoutMs: input.timeout_ms,
      queueWhenAway: input.queue_when_away,
    })
    const text = await withPackages(call, written, input.packages, null)
    await call.finish(async (stores) => {
      const { tools, activity } = stores
      const serverId = (await tools.serverId(server)) ?? serverUnknown(server)
      const toolId = await tools.addTool({ serverId, name: tool, createdBy: call.by })
      const version = await draft(stores, toolId, text, call.by)
      await stores.readings.keep(version, uses)
      await keepTests(stores, version, input.tests, null)
      await activity.record({
        ...call.doer,
        action: 'tool.created',
        subject: wireName(server, tool),
        details: { hash: version.hash },
      })
      return told({
        ...describeVersion(version),
        code_check: { filled_in: filledIn, ...manifestCheck(version, uses) },
        next: NEXT,
      })
    })
  },
})

export const updateTool = managementTool({
  name: 'mcpbox_update_tool',
  title: 'Change a tool',
  description:
    'Stores a changed text as the new draft; fields as in mcpbox_create_tool, what is left out stays. A live version stays live until the draft is approved; a request that waits is withdrawn: ask again.',
  input: z.strictObject({
    server: inputs.server,
    name: inputs.tool,
    kind: inputs.known(inputs.kind).optional(),
    published_as: inputs.known(inputs.publishedAs).optional(),
    mime_type: inputs.known(inputs.mimeType).optional(),
    language: inputs.known(inputs.language).optional(),
    code: inputs.known(inputs.code).optional(),
    description: inputs.known(inputs.description).optional(),
    hosts: inputs.known(inputs.hosts).optional(),
    modules: inputs.known(inputs.modules).optional(),
    packages: inputs.known(inputs.packages).optional(),
    secrets: inputs.known(inputs.secrets).optional(),
    timeout_ms: inputs.known(inputs.timeout).optional(),
    queue_when_away: inputs.known(inputs.queueWhenAway).optional(),
    hints: inputs.known(inputs.hints).optional(),
    tests: inputs.known(inputs.tests).optional(),
  }),
  output: outputs.stored,
  annotations: { ...ADDS, idempotentHint: true },
  async answer(call, input) {
    const { server, name } = input
    const tool = (await call.stores.tools.tool(server, name)) ?? toolUnknown(server, name)
    const [before] = await call.stores.tools.versions(tool.id)
    if (before === undefined) throw new Error(`tool ${tool.id} has no version`)
    const publication = publicationFrom(
      published(input),
      { server, tool: name },
      before.publication,
    )
    assertReadable(input.tests ?? [])
    const { written, uses, filledIn } = await analysed(call, input, {
      server,
      tool: name,
      publication,
      language: input.language ?? before.language,
      code: input.code ?? before.code,
      description: input.description ?? before.description,
      annotations: hinted(before.annotations, input.hints ?? {}),
      manifest: before.manifest,
      moduleLock: before.moduleLock,
      timeoutMs: input.timeout_ms ?? before.timeoutMs,
      queueWhenAway: input.queue_when_away ?? (publication.kind === 'tool' && before.queueWhenAway),
    })
    const text = await withPackages(call, written, input.packages, before)
    await call.finish(async (stores) => {
      const { tools, activity } = stores
      await tools.lock(tool.id)
      const [newest] = await tools.versions(tool.id)
      if (newest?.id !== before.id)
        refuse(
          'version_changed',
          'Somebody changed this tool meanwhile; read it with mcpbox_get_tool and change that.',
        )
      if (newest !== undefined && isSame(newest, versionHash(text)))
        return told({
          ...describeVersion(newest),
          next: (await testsChanged(stores, call, newest, input.tests))
            ? 'Only its tests changed, which nobody has to approve. Run them with mcpbox_run_tests.'
            : 'Nothing changed.',
        })
      const version = await draft(stores, tool.id, text, call.by)
      await stores.readings.keep(version, uses)
      await keepTests(stores, version, input.tests, before.hash)
      await activity.record({
        ...call.doer,
        action: 'version.drafted',
        subject: wireName(server, name),
        details: { hash: version.hash, number: version.number },
      })
      return told({
        ...describeVersion(version),
        code_check: { filled_in: filledIn, ...manifestCheck(version, uses) },
        next: NEXT,
      })
    })
  },
})

function published(input: {
  kind?: PublicationKind | undefined
  published_as?: string | undefined
  mime_type?: string | undefined
}): WrittenPublication {
  return { kind: input.kind, publishedAs: input.published_as, mimeType: input.mime_type }
}

/** A rejected text may be stored again, as a new draft; any other equal text is no change. */
function isSame(newest: Version, hash: string): boolean {
  return newest.hash === hash && newest.state !== 'rejected'
}

/** @throws Refusal invalid_arguments, when its lines do not go together */
function manifest(lines: z.input<typeof Manifest>): Manifest {
  const read = Manifest.safeParse(lines)
  return read.success ? read.data : refuse('invalid_arguments', complaints(read.error))
}

/**
 * Reads the code, and makes the text of it. The manifest of the draft is what it had before; new code
 * completes the lists that its author leaves out.
 */
async function analysed(
  call: Call,
  written: WrittenManifest & { code?: string | undefined },
  draft: Draft,
) {
  assertCodeSize(draft.code)
  const analysis = await call.analyze({ language: draft.language, code: draft.code })
  const uses = analysis.valid ? analysis.uses : NO_USES
  const seen = written.code === undefined ? NO_USES : uses
  const lines = completedManifest(written, seen, draft.manifest)
  const completed = manifest({ ...lines, packages: draft.manifest.packages })
  const { hosts = [], modules = [], secrets = [] } = written
  const named = { hosts: [...hosts], modules: [...modules], secrets: [...secrets], packages: [] }
  const known = new Set([...linesIn(draft.manifest), ...linesIn(named)])
  return {
    written: versionText({ ...draft, manifest: completed }, analysis),
    uses,
    filledIn: linesIn(completed).filter((line) => !known.has(line)),
  }
}

function linesIn(lines: Manifest): string[] {
  return manifestLines(lines).map(({ kind, value }) => `${kind} ${value}`)
}

/** New tests of a text that stays as it is. */
async function testsChanged(
  stores: Stores,
  { doer, by }: Call,
  { server, tool, hash }: Version,
  tests: ToolTests | undefined,
): Promise<boolean> {
  const isChanged = await keepTests(stores, { hash, createdBy: by }, tests, null)
  if (isChanged)
    await stores.activity.record({
      ...doer,
      action: 'tests.changed',
      subject: wireName(server, tool),
      details: { hash },
    })
  return isChanged
}

function hinted(
  before: typeof CAUTIOUS_ANNOTATIONS,
  hints: z.infer<typeof inputs.hints>,
): typeof CAUTIOUS_ANNOTATIONS {
  return {
    ...before,
    readOnlyHint: hints.read_only ?? before.readOnlyHint,
    destructiveHint: hints.destructive ?? before.destructiveHint,
    idempotentHint: hints.idempotent ?? before.idempotentHint,
    openWorldHint: hints.open_world ?? before.openWorldHint,
  }
}
