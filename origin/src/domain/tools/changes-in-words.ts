import { isDeepStrictEqual } from 'node:util'
import { isJsonObject, type JsonObject } from '#contract/json.ts'
import { manifestLines } from '#contract/manifest.ts'
import { lineInWords } from '#contract/manifest-words.ts'
import { addressOf } from '#contract/publication.ts'
import { countedLines } from './code-diff.ts'
import { effectOf } from './effect.ts'
import type { VersionText } from './version.ts'

/** What `to` says otherwise than `from`: a sentence for each change, what it may reach first. */
export function changesInWords(from: VersionText, to: VersionText): string[] {
  return [
    ...reach(from, to),
    ...code(from, to),
    ...changed(from, to, ({ language }) => `Written in ${language}`),
    ...schemas(from, to),
    ...changed(from, to, ({ timeoutMs }) => `Time limit ${timeoutMs / 1000} s`),
    ...changed(
      from,
      to,
      ({ publication }) => `Offered as ${publication.kind} ${addressOf(publication)}`,
    ),
    ...(isDeepStrictEqual(mimeType(from), mimeType(to)) ? [] : ['Another MIME type.']),
    ...(from.description === to.description ? [] : ['Another description.']),
    ...changed(from, to, ({ annotations }) => EFFECTS[effectOf(annotations)]),
    ...hints(from, to),
    ...changed(from, to, ({ queueWhenAway }) =>
      queueWhenAway ? 'Calls while MCPbox is away run later' : 'Calls while MCPbox is away fail',
    ),
    ...(isDeepStrictEqual(from.moduleLock, to.moduleLock) ? [] : ['Other files of packages.']),
  ]
}

const EFFECTS = {
  read: 'Said to only read',
  write: 'Said to change, and destroy nothing',
  destructive: 'Said to change, and perhaps destroy',
} as const

/** A sentence where what is said of both differs. */
function changed(from: VersionText, to: VersionText, say: (text: VersionText) => string): string[] {
  const [before, after] = [say(from), say(to)]
  return before === after ? [] : [`${after}; before: ${lowered(before)}.`]
}

function lowered(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

function reach(from: VersionText, to: VersionText): string[] {
  const [before, after] = [from, to].map(({ manifest }) => manifestLines(manifest).map(lineInWords))
  if (before === undefined || after === undefined) throw new Error('two texts, two manifests')
  return [
    ...after.filter((line) => !before.includes(line)).map((line) => `May ${line}, which is new.`),
    ...before.filter((line) => !after.includes(line)).map((line) => `May no longer ${line}.`),
  ]
}

function code(from: VersionText, to: VersionText): string[] {
  if (from.code === to.code) return []
  const lines = countedLines(from.code, to.code)
  if (lines === null) return ['The code is another one.']
  const told = [
    ...(lines.added === 0 ? [] : [`${count(lines.added)} added`]),
    ...(lines.removed === 0 ? [] : [`${count(lines.removed)} removed`]),
  ]
  return told.length === 0 ? ['The code changed.'] : [`Code: ${told.join(', ')}.`]
}

function count(lines: number): string {
  return lines === 1 ? '1 line' : `${lines} lines`
}

function schemas(from: VersionText, to: VersionText): string[] {
  const told = argumentChanges(from.inputSchema, to.inputSchema)
  const input =
    told.length === 0 && !isDeepStrictEqual(from.inputSchema, to.inputSchema)
      ? ['Another input schema.']
      : told
  const [before, after] = [from.outputSchema, to.outputSchema]
  if (isDeepStrictEqual(before, after)) return input
  const output =
    before === null
      ? 'It promises the form of its result now.'
      : after === null
        ? 'It no longer promises the form of its result.'
        : 'Another output schema.'
  return [...input, output]
}

function argumentChanges(from: JsonObject, to: JsonObject): string[] {
  const [before, after] = [argumentsOf(from), argumentsOf(to)]
  const names = [...new Set([...Object.keys(after.all), ...Object.keys(before.all)])]
  return names.flatMap((name) => {
    const needed = after.required.includes(name)
    if (!Object.hasOwn(before.all, name))
      return [`New argument \`${name}\`${needed ? ', which must be given' : ''}.`]
    if (!Object.hasOwn(after.all, name)) return [`No argument \`${name}\` any more.`]
    if (needed !== before.required.includes(name))
      return [`The argument \`${name}\` ${needed ? 'must be given now' : 'may be left out now'}.`]
    return isDeepStrictEqual(before.all[name], after.all[name])
      ? []
      : [`The argument \`${name}\` is described or typed otherwise.`]
  })
}

function argumentsOf({ properties, required }: JsonObject) {
  return {
    all: isJsonObject(properties) ? properties : {},
    required: Array.isArray(required) ? required : [],
  }
}

function hints({ annotations: from }: VersionText, { annotations: to }: VersionText): string[] {
  const said = (one: typeof from) => [one.title, one.idempotentHint, one.openWorldHint]
  return isDeepStrictEqual(said(from), said(to)) ? [] : ['Other title or hints.']
}

function mimeType({ publication }: VersionText): string | null {
  return publication.kind === 'resource' ? publication.mimeType : null
}
