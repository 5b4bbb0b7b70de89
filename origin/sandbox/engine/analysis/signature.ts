import type {
  ArrowFunctionExpression,
  Expression,
  File,
  FunctionDeclaration,
  FunctionExpression,
  ObjectPattern,
  ObjectProperty,
  TSType,
} from '@babel/types'
import type { Json } from '#contract/json.ts'
import { type Doc, docOf } from './comments.ts'
import { keyOf } from './members.ts'
import { objectOf, type Schema } from './schema.ts'
import type { Scope } from './scope.ts'
import { nameOf } from './reader.ts'
import { literalValue, members, typeReader } from './types.ts'
import { Unreadable } from './unreadable.ts'

export type Main = {
  node: FunctionDeclaration | FunctionExpression | ArrowFunctionExpression
  doc: Doc
}

const FORM = '`export default async function main(args: { … })`'
const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])

/** The function that the tool exports. */
export function mainOf(file: File): Main {
  const { body } = file.program
  const exported = body.find((node) => node.type === 'ExportDefaultDeclaration')
  if (exported === undefined)
    throw new Unreadable(`a tool is ${FORM}; there is no default export`, null)
  const { declaration } = exported
  if (!FUNCTIONS.has(declaration.type)) throw new Unreadable(`a tool is ${FORM}`, exported)
  const node = declaration as Main['node']
  if ('generator' in node && node.generator) {
    throw new Unreadable('`main` is a generator: gather the items and return an array', exported)
  }
  return { node, doc: docOf(exported) }
}

/** JSON Schema of the one parameter: an object, whose properties are the arguments. */
export function inputSchema(scope: Scope, { node, doc }: Main): Schema {
  const [parameter, second] = node.params
  if (second !== undefined) {
    throw new Unreadable(
      '`main` takes one parameter, an object; `ctx` and `secrets` are globals',
      second,
    )
  }
  if (parameter === undefined) return objectOf([], false)
  const target = parameter.type === 'AssignmentPattern' ? parameter.left : parameter
  if (target.type !== 'Identifier' && target.type !== 'ObjectPattern') {
    throw new Unreadable(`a tool is ${FORM}`, parameter)
  }
  const annotation = target.typeAnnotation
  const type = annotation?.type === 'TSTypeAnnotation' ? annotation.typeAnnotation : null
  if (type === null && target.type === 'Identifier') {
    throw new Unreadable(`\`${target.name}\` needs a type: ${FORM}`, parameter)
  }
  const pattern = target.type === 'ObjectPattern' ? target : null
  const schema = type === null ? untyped(pattern) : members(typeReader(scope, true), type)
  return completed(schema, pattern, doc)
}

/** Plain JavaScript: what is destructured, of any type but where a default tells one. */
function untyped(pattern: ObjectPattern | null): Schema {
  const names = (pattern?.properties ?? []).map((property) => {
    const name = property.type === 'ObjectProperty' ? keyOf(property.key, property.computed) : null
    if (name === null) throw new Unreadable('a rest of arguments needs a type', property)
    return [name, {}, true] as const
  })
  return objectOf(names, false)
}

/** Adds what defaults and `@param` say of the properties. */
function completed(schema: Schema, pattern: ObjectPattern | null, doc: Doc): Schema {
  const properties = schema.properties ?? {}
  for (const [name, said] of doc.params) {
    const property = properties[name]
    if (property !== undefined && said !== '') property.description ??= said
  }
  const filled = new Set<string>()
  for (const property of pattern?.properties ?? []) {
    if (property.type !== 'ObjectProperty' || property.value.type !== 'AssignmentPattern') continue
    const name = keyOf(property.key, property.computed)
    const known = name === null ? undefined : properties[name]
    if (name === null || known === undefined) continue
    filled.add(name)
    const value = constant(property.value.right)
    if (value === undefined) continue
    known.default = value
    if (Object.keys(known).every((key) => key === 'default' || key === 'description')) {
      Object.assign(known, typeOf(value))
    }
  }
  const { required: before = [], ...rest } = schema
  const required = before.filter((name) => !filled.has(name))
  return required.length > 0 ? { ...rest, required } : rest
}

function typeOf(value: Json): Schema {
  if (value === null || typeof value === 'object') return {}
  return { type: typeof value }
}

/** The value of an expression that is one; undefined for what only running would tell. */
function constant(node: Expression): Json | undefined {
  if (node.type === 'ArrayExpression') {
    const items = node.elements.map((item) =>
      item === null || item.type === 'SpreadElement' ? undefined : constant(item),
    )
    return items.some((item) => item === undefined) ? undefined : (items as Json[])
  }
  if (node.type === 'ObjectExpression') {
    const entries = node.properties.map((property) =>
      property.type === 'ObjectProperty' ? entry(property) : undefined,
    )
    const all = entries.filter((one) => one !== undefined)
    return all.length < entries.length ? undefined : Object.fromEntries(all)
  }
  return literalValue(node)
}

function entry({ key, computed, value }: ObjectProperty): [string, Json] | undefined {
  const name = keyOf(key, computed)
  const given = constant(value as Expression)
  return name === null || given === undefined ? undefined : [name, given]
}

/** JSON Schema of the value, when the return type tells an object; else null. */
export function outputSchema(scope: Scope, { node }: Main): Schema | null {
  const annotation = node.returnType
  if (annotation?.type !== 'TSTypeAnnotation') return null
  try {
    return members(typeReader(scope, false), resolved(annotation.typeAnnotation))
  } catch (error) {
    if (error instanceof Unreadable) return null
    throw error
  }
}

/** What a promise is of. */
function resolved(type: TSType): TSType {
  if (type.type !== 'TSTypeReference' || nameOf(type.typeName) !== 'Promise') return type
  return type.typeArguments?.params[0] ?? type
}
