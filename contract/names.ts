import { z } from 'zod'

const NAME = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/
const NAME_RULE =
  'must start with a lower-case letter and hold only lower-case letters, digits and single underscores'

/**
 * Name of a server or a tool. A double underscore is not allowed inside, so that the wire name
 * `server__tool` splits in exactly one way; 30 + 2 + 30 stays under the 64 characters that the
 * strictest MCP clients accept.
 */
export const Name = z.string().min(1).max(30).regex(NAME, NAME_RULE).brand('Name')
export type Name = z.infer<typeof Name>

/** Name under which a secret is stored and read: `secrets["API_KEY"]`. */
export const SecretName = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[A-Z][A-Z0-9_]*$/, 'must be upper-case letters, digits and underscores')
  .brand('SecretName')
export type SecretName = z.infer<typeof SecretName>

/** Dotted Python import name, e.g. `xml.etree.ElementTree`. */
export const ModuleName = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/, 'must be a dotted Python name')
  .brand('ModuleName')
export type ModuleName = z.infer<typeof ModuleName>

/** The name a tool has on the wire. */
export function wireName(server: string, tool: string): string {
  return `${server}__${tool}`
}

/** Splits a wire name, or gives null when it is not of the form `server__tool`. */
export function parseWireName(wire: string): { server: Name; tool: Name } | null {
  const at = wire.indexOf('__')
  if (at < 0) return null
  const server = Name.safeParse(wire.slice(0, at))
  const tool = Name.safeParse(wire.slice(at + 2))
  return server.success && tool.success ? { server: server.data, tool: tool.data } : null
}
