import { complaints } from '#contract/complaints.ts'
import { isJsonObject, type JsonObject } from '#contract/json.ts'
import { wireName } from '#contract/names.ts'
import { addressOf, Publication, type PublicationKind, variablesOf } from '#contract/publication.ts'
import { refuse } from '../refusal.ts'
import type { VersionText } from './version.ts'

type Named = Pick<VersionText, 'server' | 'tool'>

/** What a tool is published as when its author names nothing else. */
export function ownPublication({ server, tool }: Named): Publication {
  return { kind: 'tool', name: wireName(server, tool) }
}

/** What an author says of how clients are to meet a version; what is left out stays as it was. */
export interface WrittenPublication {
  kind?: PublicationKind | undefined
  publishedAs?: string | undefined
  mimeType?: string | undefined
}

/**
 * What a version is published as.
 * @throws Refusal code_invalid
 */
export function publicationFrom(
  { kind, publishedAs, mimeType }: WrittenPublication,
  named: Named,
  before: Publication = ownPublication(named),
): Publication {
  const same = kind === undefined || kind === before.kind
  const published = Publication.safeParse(
    (kind ?? before.kind) === 'resource'
      ? {
          kind: 'resource',
          uri: publishedAs ?? (before.kind === 'resource' ? before.uri : ''),
          mimeType: mimeType ?? (before.kind === 'resource' ? before.mimeType : null),
        }
      : {
          kind: kind ?? before.kind,
          name: publishedAs ?? (same ? addressOf(before) : wireName(named.server, named.tool)),
        },
  )
  if (!published.success)
    return refuse('code_invalid', `published_as: ${complaints(published.error)}`)
  if (mimeType !== undefined && published.data.kind !== 'resource')
    return refuse('code_invalid', 'mime_type: only resources have one.')
  return published.data
}

/**
 * Checks that what is published fits what clients can say: they have text for the arguments of a
 * prompt, and the variables of an address, and nothing else.
 * @throws Refusal code_invalid
 */
export function assertPublishable(
  { server, tool, publication }: Pick<VersionText, 'server' | 'tool' | 'publication'>,
  inputSchema: JsonObject,
): void {
  if (publication.kind !== 'resource') {
    const own = wireName(server, tool)
    if (publication.name.includes('__') && publication.name !== own)
      refuse('code_invalid', `Its name may hold no double underscore, unless it is "${own}".`)
    if (publication.kind === 'prompt') assertTexts('prompt', inputSchema)
    return
  }
  assertTexts('resource', inputSchema)
  const variables = variablesOf(publication.uri)
  const { all, required } = argumentsOf(inputSchema)
  const unknown = variables.filter((name) => !all.has(name))
  if (unknown.length > 0)
    refuse('code_invalid', `main has no argument for {${unknown.join('}, {')}} of the address.`)
  const missing = required.filter((name) => !variables.includes(name))
  if (missing.length > 0)
    refuse('code_invalid', `The address has no {${missing.join('}, {')}}, which main requires.`)
}

function assertTexts(kind: 'prompt' | 'resource', inputSchema: JsonObject): void {
  for (const [name, schema] of argumentsOf(inputSchema).all)
    if (!takesText(schema))
      refuse('code_invalid', `The arguments of a ${kind} are text; make \`${name}\` a \`str\`.`)
}

function argumentsOf(inputSchema: JsonObject) {
  const { properties, required } = inputSchema
  return {
    all: new Map(Object.entries(isJsonObject(properties) ? properties : {})),
    required: Array.isArray(required) ? required.map(String) : [],
  }
}

/** Whether every text, or each of a few, is good for a schema that analysis made. */
function takesText(schema: unknown): boolean {
  if (!isJsonObject(schema)) return false
  const { type, anyOf } = schema
  const choices: unknown = schema['enum']
  if (Array.isArray(choices)) return choices.some((choice) => typeof choice === 'string')
  if (Array.isArray(anyOf)) return anyOf.some(takesText)
  return type === 'string' || (Array.isArray(type) && type.includes('string'))
}
