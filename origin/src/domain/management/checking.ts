import { z } from 'zod'
import { DEFAULT_MODULES, isDefaultModule } from '#contract/default-modules.ts'
import { JsonObject } from '#contract/json.ts'
import { wireName } from '#contract/names.ts'
import type { Language } from '#contract/sandbox.ts'
import { isStandard } from '../packages/standard-library.ts'
import { refuse } from '../refusal.ts'
import { isInForce } from '../grants/term.ts'
import { assertCodeSize } from '../tools/author.ts'
import { serverUnknown } from '../tools/callable.ts'
import * as inputs from './inputs.ts'
import { managementTool, READS, told } from './management-tool.ts'
import { warningsAbout } from './warnings.ts'
import { writtenCode } from './written-code.ts'

export const validateCode = managementTool({
  name: 'mcpbox_validate_code',
  title: 'Check code',
  description:
    'Reads code as mcpbox_create_tool would, and stores nothing: whether it can be a tool, its schemas, what it imports.',
  input: z.strictObject({
    language: inputs.known(inputs.language).default('python'),
    code: inputs.known(inputs.code).optional(),
    code_base64: inputs.codeBase64.optional(),
  }),
  output: z.object({
    valid: z.boolean(),
    error: z.object({ message: z.string(), line: z.int().nullable() }).nullable(),
    description: z.string().nullable(),
    input_schema: JsonObject.nullable(),
    output_schema: JsonObject.nullable(),
    imports: z.array(z.string()),
    warnings: z.array(z.string()),
    next: z.string(),
  }),
  annotations: READS,
  async answer(call, written) {
    const { language } = written
    const code =
      writtenCode(written) ?? refuse('invalid_arguments', 'Give `code` or `code_base64`.')
    assertCodeSize(code)
    const read = await call.analyze({ language, code })
    await call.finish(async () => {
      if (!read.valid)
        return told({
          valid: false,
          error: { message: read.message, line: read.line },
          description: null,
          input_schema: null,
          output_schema: null,
          imports: [],
          warnings: [],
          next: 'Put that right and check again.',
        })
      const { imports, description, input_schema: input, output_schema: output } = read
      return told({
        valid: true,
        error: null,
        description,
        input_schema: input,
        output_schema: output,
        imports,
        warnings: [
          ...(description === null ? ['It has no docstring: give a description with it.'] : []),
          ...importWarnings(language, imports),
          ...warningsAbout({ inputSchema: input, outputSchema: output }),
        ],
        next: 'Store it with mcpbox_create_tool, or change a tool with mcpbox_update_tool.',
      })
    })
  },
})

function importWarnings(language: Language, imports: readonly string[]): string[] {
  return imports
    .filter((name) => !isDefaultModule(language, name))
    .map((name) =>
      language === 'typescript'
        ? `\`${name}\` is not there by default: of Node name it in \`modules\`; npm packages there are none.`
        : isStandard(name)
          ? `\`${name}\` is not a default module: name it in \`modules\`.`
          : `\`${name}\` comes from a package: name that in \`packages\`, at one version.`,
    )
}

const Modules = z.array(z.string())

export const getServerModules = managementTool({
  name: 'mcpbox_get_server_modules',
  title: 'See what tools may import',
  description:
    'Tells which modules every tool may import, and which modules and packages the live tools of a server were granted.',
  input: z.strictObject({ server: inputs.server }),
  output: z.object({
    default_modules: z.object({ python: Modules, typescript: Modules }),
    granted: z.array(
      z.object({ tool: z.string(), version: z.int(), modules: Modules, packages: Modules }),
    ),
    next: z.string(),
  }),
  annotations: READS,
  answer: (call, { server }) =>
    call.finish(async ({ tools }) => {
      if ((await tools.serverId(server)) === null) serverUnknown(server)
      const granted = []
      const now = new Date()
      for (const { name } of await tools.toolsOf(server)) {
        const tool = await tools.tool(server, name)
        const live = tool === null ? null : await tools.versionIn(tool.id, 'live')
        const candidate = live === null ? null : await tools.candidate(live.id)
        if (candidate === null || candidate.approved === null) continue
        const of = (kind: 'module' | 'package') =>
          (candidate.approved?.lines ?? [])
            .filter((line) => line.kind === kind && isInForce(line, now))
            .map(({ value }) => value)
            .sort()
        granted.push({
          tool: wireName(server, name),
          version: candidate.version.number,
          modules: of('module'),
          packages: of('package'),
        })
      }
      return told({
        default_modules: {
          python: [...DEFAULT_MODULES.python],
          typescript: [...DEFAULT_MODULES.typescript],
        },
        granted,
        next: 'A tool that needs more names it in `modules` or `packages` (mcpbox_update_tool); a person approves it with the version.',
      })
    }),
})
