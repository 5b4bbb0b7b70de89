import { z } from 'zod'
import { MediaType } from './content.ts'

/**
 * The name of a tool or prompt on the wire. Its own, `server__tool`, is always free; another one
 * must hold no double underscore, so that it is nobody else's own. 64 characters are what the
 * strictest MCP clients accept; `mcpbox_` is for the management tools.
 */
export const PublishedName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/, 'must be 1 to 64 letters, digits, `_`, `.` and `-`')
  .refine((name) => !name.startsWith('mcpbox_'), 'must not begin with `mcpbox_`')

/** One variable of an address, RFC 6570 level 1. */
const VARIABLE = /\{([A-Za-z_][A-Za-z0-9_]*)\}/g
const PLAIN = /^[a-z][a-z0-9+.-]*:[!-z|~]+$/i

/** The address of a resource (RFC 3986), or of many, with variables such as `notes://{day}`. */
export const ResourceUri = z
  .string()
  .max(500)
  .refine(
    (uri) => PLAIN.test(uri.replace(VARIABLE, '~')) && isUnambiguous(uri),
    'must be a URI such as `notes://today`, with variables as in `notes://{day}` if need be, ' +
      'each once and with something between them',
  )

/** How clients meet a version: as what, and by which name or address. */
export const Publication = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('tool'), name: PublishedName }),
  z.strictObject({ kind: z.literal('prompt'), name: PublishedName }),
  z.strictObject({
    kind: z.literal('resource'),
    uri: ResourceUri,
    mimeType: MediaType.nullable(),
  }),
])
export type Publication = z.infer<typeof Publication>
export const PublicationKind = z.enum(Publication.options.map(({ shape }) => shape.kind.value))
export type PublicationKind = z.infer<typeof PublicationKind>

/** What tells live versions of one kind apart. */
export function addressOf(publication: Publication): string {
  return publication.kind === 'resource' ? publication.uri : publication.name
}

/** The variables of an address, in their order; none in the address of a single resource. */
export function variablesOf(uri: string): string[] {
  return [...uri.matchAll(VARIABLE)].map(([, name = '']) => name)
}

/**
 * The values of a template's variables in an address, or null when the address is none of the
 * template's. Each variable ends where the text that follows it begins for the first time; a value
 * has at least one character, holds no `/`, and is percent-decoded. Linear in the address.
 */
export function matchUri(template: string, uri: string): { [name: string]: string } | null {
  const [begin = '', ...rest] = template.split(VARIABLE)
  if (!uri.startsWith(begin)) return null
  const values: { [name: string]: string } = {}
  let at = begin.length
  for (let part = 0; part < rest.length; part += 2) {
    const [name = '', following = ''] = [rest[part], rest[part + 1]]
    const end = following === '' ? uri.length : uri.indexOf(following, at + 1)
    const value = end <= at ? null : decoded(uri.slice(at, end))
    if (value === null || uri.slice(at, end).includes('/')) return null
    values[name] = value
    at = end + following.length
  }
  return at === uri.length ? values : null
}

/** Which addresses a resource has, whatever its variables are called. */
export function shapeOf(uri: string): string {
  return uri.replace(VARIABLE, '{}')
}

/** Adjacent variables, or one twice, would have no one reading. */
function isUnambiguous(uri: string): boolean {
  const names = variablesOf(uri)
  return new Set(names).size === names.length && !uri.includes('}{')
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return null
    throw error
  }
}
