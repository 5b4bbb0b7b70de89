import type { Json, JsonObject } from '#contract/json.ts'
import { Refused } from './refused.ts'

/** What a value must be, in the words of JSON Schema that the analysis of TypeScript writes. */
type Schema = {
  type?: string
  enum?: Json[]
  const?: Json
  anyOf?: Schema[]
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  items?: Schema | false
  prefixItems?: Schema[]
  minItems?: number
}

type Problem = { path: string; text: string }

/** Throws Refused, naming the argument, when the arguments are not what `main` declares. */
export function checkArguments(input: JsonObject, schema: JsonObject): void {
  const problem = problemOf(input, schema, '')
  if (problem === null) return
  const where =
    problem.path === '' ? 'arguments' : `argument \`${problem.path.replace(/^\./, '')}\``
  throw new Refused('InvalidArguments', `${where}: ${problem.text}`)
}

function problemOf(value: Json, schema: Schema, path: string): Problem | null {
  if (schema.anyOf !== undefined) return ofNone(value, schema.anyOf, path)
  if (schema.const !== undefined && value !== schema.const) {
    return { path, text: `expected ${JSON.stringify(schema.const)}, got ${shown(value)}` }
  }
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    const choices = schema.enum.map((choice) => JSON.stringify(choice)).join(', ')
    return { path, text: `expected one of ${choices}, got ${shown(value)}` }
  }
  if (schema.type !== undefined && !isOf(value, schema.type)) {
    return { path, text: `expected ${schema.type}, got ${nameOf(value)}` }
  }
  if (Array.isArray(value)) return ofItems(value, schema, path)
  if (value !== null && typeof value === 'object') return ofProperties(value, schema, path)
  return null
}

function ofNone(value: Json, choices: Schema[], path: string): Problem | null {
  const problems: Problem[] = []
  for (const choice of choices) {
    const problem = problemOf(value, choice, path)
    if (problem === null) return null
    problems.push(problem)
  }
  const deeper = problems.find((problem) => problem.path !== path)
  if (deeper !== undefined) return deeper
  const wanted = choices.map((choice) => choice.type ?? JSON.stringify(choice.const ?? choice.enum))
  return { path, text: `expected ${wanted.join(' or ')}, got ${shown(value)}` }
}

function ofItems(items: Json[], schema: Schema, path: string): Problem | null {
  const first = schema.prefixItems ?? []
  const least = schema.minItems ?? 0
  if (items.length < least || (schema.items === false && items.length > first.length)) {
    return { path, text: `expected ${first.length} items, got ${items.length}` }
  }
  for (const [at, item] of items.entries()) {
    const rest = schema.items === false ? undefined : schema.items
    const wanted = first[at] ?? rest
    const problem = wanted === undefined ? null : problemOf(item, wanted, `${path}[${at}]`)
    if (problem !== null) return problem
  }
  return null
}

function ofProperties(value: JsonObject, schema: Schema, path: string): Problem | null {
  const known = new Map(Object.entries(schema.properties ?? {}))
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(value, name)) return { path: `${path}.${name}`, text: 'is missing' }
  }
  for (const [name, item] of Object.entries(value)) {
    const more = schema.additionalProperties
    const wanted = known.get(name) ?? (typeof more === 'object' ? more : undefined)
    if (wanted === undefined && more === false) {
      return { path: `${path}.${name}`, text: '`main` has no such argument' }
    }
    const problem = wanted === undefined ? null : problemOf(item, wanted, `${path}.${name}`)
    if (problem !== null) return problem
  }
  return null
}

function isOf(value: Json, type: string): boolean {
  return type === 'number' ? typeof value === 'number' : nameOf(value) === type
}

function nameOf(value: Json): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

function shown(value: Json): string {
  return value !== null && typeof value === 'object'
    ? nameOf(value)
    : JSON.stringify(value).slice(0, 80)
}
