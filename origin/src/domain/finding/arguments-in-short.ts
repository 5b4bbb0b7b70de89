import { isJsonObject, type JsonObject } from '#contract/json.ts'

/** Characters of one line of arguments. */
const LONGEST = 300

/**
 * The arguments of a tool in one line: `city: string, days?: integer`. Enough to call most tools by;
 * the schema has the rest.
 */
export function argumentsInShort({ properties, required }: JsonObject): string {
  const needed = new Set(Array.isArray(required) ? required : [])
  const line = Object.entries(isJsonObject(properties) ? properties : {})
    .map(([name, schema]) => `${name}${needed.has(name) ? '' : '?'}: ${typeInShort(schema)}`)
    .join(', ')
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST)}…`
}

function typeInShort(schema: unknown): string {
  if (!isJsonObject(schema)) return 'any'
  const { type, anyOf, items } = schema
  const choices = schema['enum']
  if (Array.isArray(choices)) return choices.map((choice) => JSON.stringify(choice)).join(' | ')
  if (Array.isArray(anyOf)) return anyOf.map(typeInShort).join(' | ')
  if (Array.isArray(type)) return type.map(String).join(' | ')
  if (type === 'array') return `${isJsonObject(items) ? typeInShort(items) : 'any'}[]`
  return typeof type === 'string' ? type : 'any'
}
