import { writtenText } from '#contract/written-text.ts'
import { z } from 'zod'
import { refuse } from '../refusal.ts'
import { applyDiff } from '../tools/apply-diff.ts'
import { type Replacement, replaceIn } from '../tools/edit-code.ts'
import { ChangedFrom, changedVersion, storeDraft, wholeText } from './drafting.ts'
import { givenCode, keepPart, otherwise } from './given-code.ts'
import * as inputs from './inputs.ts'
import * as outputs from './outputs.ts'
import { ADDS, managementTool } from './management-tool.ts'
import { givenText } from './written-code.ts'

const text = writtenText(200_000)
const encoded = z.string().max(280_000)

const Edit = z.strictObject({
  find: text.optional().describe('stands in exactly one place'),
  find_base64: encoded.optional(),
  replace: text.optional(),
  replace_base64: encoded.optional(),
  all: z.boolean().default(false).describe('in every place'),
})

const Input = z.strictObject({
  server: inputs.server,
  name: inputs.tool,
  from: ChangedFrom.optional().describe(
    'version or hash that you read; refused if there is a newer one',
  ),
  edits: z.array(Edit).min(1).max(100).optional().describe('one after the other'),
  diff: text.optional().describe('unified diff of the code; lines need not be counted'),
  diff_base64: encoded.optional(),
  code: inputs.known(inputs.code).optional().describe('all of the new code'),
  ...otherwise,
})

export const editTool = managementTool({
  name: 'mcpbox_edit_tool',
  title: 'Edit the code of a tool',
  description:
    'Changes the code of a tool’s newest version by `edits` (find and replace) or by a unified `diff`, and stores it as the draft; all else stays. Fields in _base64 are for relays that block what looks like SQL or shell.',
  input: Input,
  output: outputs.storedOrPart,
  annotations: ADDS,
  async answer(call, input) {
    const changed = await changedVersion(call, input, input.from)
    const { before } = changed
    const diff = givenText('diff', input.diff, input.diff_base64)
    const ways = [
      input.edits !== undefined,
      diff !== undefined,
      input.code !== undefined || input.code_base64 !== undefined,
    ]
    if (ways.filter(Boolean).length !== 1)
      refuse('invalid_arguments', 'Give one of `edits`, `diff` and `code`.')
    const given = await givenCode(call, input, input)
    if (given.part !== null) return keepPart(call, given.part)
    const code =
      input.edits !== undefined
        ? replaceIn(before.code, input.edits.map(replacement))
        : diff !== undefined
          ? applyDiff(before.code, diff)
          : (given.code ?? before.code)
    const whole = await wholeText(call, { ...before, code }, { code }, undefined, before)
    await storeDraft(call, changed, whole, { upload: given.upload, tests: undefined })
  },
})

function replacement(edit: z.output<typeof Edit>, at: number): Replacement {
  const find = givenText('find', edit.find, edit.find_base64)
  const replace = givenText('replace', edit.replace, edit.replace_base64)
  if (find === undefined || find === '' || replace === undefined)
    return refuse(
      'invalid_arguments',
      `edits: number ${at + 1} needs a text to find and one to replace it with, which may be empty.`,
    )
  return { find, replace, all: edit.all }
}
