import { z } from 'zod'
import { DEFAULT_TIMEOUT_MS } from '#contract/limits.ts'
import { EMPTY_MANIFEST } from '#contract/manifest.ts'
import { wireName } from '#contract/names.ts'
import type { PublicationKind } from '#contract/publication.ts'
import { refuse } from '../refusal.ts'
import { CAUTIOUS_ANNOTATIONS } from '../tools/author.ts'
import { serverUnknown } from '../tools/callable.ts'
import { manifestCheck } from '../reading/manifest-check.ts'
import { draft } from '../tools/life-cycle.ts'
import { publicationFrom, type WrittenPublication } from '../tools/publishable.ts'
import { describeVersion } from './describe-version.ts'
import { ChangedFrom, changedVersion, NEXT, storeDraft, wholeText } from './drafting.ts'
import { forgetParts, givenCode, keepPart, otherwise } from './given-code.ts'
import * as inputs from './inputs.ts'
import * as outputs from './outputs.ts'
import { ADDS, managementTool, told } from './management-tool.ts'
import { assertReadable, keepTests } from './kept-tests.ts'

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
    code: inputs.code.optional(),
    ...otherwise,
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
  output: outputs.storedOrPart,
  annotations: ADDS,
  async answer(call, input) {
    const { server, name: tool } = input
    const given = await givenCode(call, input, input)
    if (given.part !== null) {
      if ((await call.stores.tools.serverId(server)) === null) serverUnknown(server)
      return keepPart(call, given.part)
    }
    assertReadable(input.tests ?? [])
    const { text, uses, filledIn } = await wholeText(
      call,
      {
        server,
        tool,
        publication: publicationFrom(published(input), { server, tool }),
        language: input.language,
        code: given.code ?? refuse('invalid_arguments', 'Give `code` or `code_base64`.'),
        description: input.description,
        annotations: hinted(CAUTIOUS_ANNOTATIONS, input.hints),
        manifest: EMPTY_MANIFEST,
        moduleLock: null,
        timeoutMs: input.timeout_ms,
        queueWhenAway: input.queue_when_away,
      },
      { ...input, code: given.code ?? undefined },
      input.packages,
      null,
    )
    await call.finish(async (stores) => {
      const { tools, directory, activity } = stores
      const { id: serverId } = (await directory.lockedServer(server)) ?? serverUnknown(server)
      const toolId = await tools.addTool({ serverId, name: tool, createdBy: call.by })
      await forgetParts(stores, given.upload)
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
    from: ChangedFrom.optional().describe(
      'version or hash that this changes, if no newer is there',
    ),
    kind: inputs.known(inputs.kind).optional(),
    published_as: inputs.known(inputs.publishedAs).optional(),
    mime_type: inputs.known(inputs.mimeType).optional(),
    language: inputs.known(inputs.language).optional(),
    code: inputs.known(inputs.code).optional(),
    code_base64: inputs.known(otherwise.code_base64),
    part: inputs.known(otherwise.part),
    of: otherwise.of,
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
  output: outputs.storedOrPart,
  annotations: { ...ADDS, idempotentHint: true },
  async answer(call, input) {
    const { server, name } = input
    const changed = await changedVersion(call, input, input.from)
    const { before } = changed
    const given = await givenCode(call, input, input)
    if (given.part !== null) return keepPart(call, given.part)
    const publication = publicationFrom(
      published(input),
      { server, tool: name },
      before.publication,
    )
    assertReadable(input.tests ?? [])
    const whole = await wholeText(
      call,
      {
        server,
        tool: name,
        publication,
        language: input.language ?? before.language,
        code: given.code ?? before.code,
        description: input.description ?? before.description,
        annotations: hinted(before.annotations, input.hints ?? {}),
        manifest: before.manifest,
        moduleLock: before.moduleLock,
        timeoutMs: input.timeout_ms ?? before.timeoutMs,
        queueWhenAway:
          input.queue_when_away ?? (publication.kind === 'tool' && before.queueWhenAway),
      },
      { ...input, code: given.code ?? undefined },
      input.packages,
      before,
    )
    await storeDraft(call, changed, whole, { upload: given.upload, tests: input.tests })
  },
})

function published(input: {
  kind?: PublicationKind | undefined
  published_as?: string | undefined
  mime_type?: string | undefined
}): WrittenPublication {
  return { kind: input.kind, publishedAs: input.published_as, mimeType: input.mime_type }
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
