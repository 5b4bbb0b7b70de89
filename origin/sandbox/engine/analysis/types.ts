import type { Expression, TSLiteralType, TSTupleType, TSType, TSTypeReference } from '@babel/types'
import { membersOf } from './members.ts'
import { eitherOf, type Literal, objectOf, type Schema } from './schema.ts'
import { nameOf, type Reader } from './reader.ts'
import type { Scope } from './scope.ts'
import { Unreadable } from './unreadable.ts'

/** Types of any real tool are far below; names can be used so that each doubles the one before. */
const MOST_TYPES = 2_000

export function typeReader(scope: Scope, closed: boolean): Reader {
  const open = new Set<string>()
  let left = MOST_TYPES
  const reader: Reader = {
    scope,
    closed,
    schemaOf(type) {
      if (--left < 0) throw new Unreadable('the types of `main` have no reasonable end', type)
      return read(reader, type)
    },
    within(name, at, inside) {
      if (open.has(name)) throw new Unreadable(`the type ${name} contains itself`, at)
      open.add(name)
      const result = inside()
      open.delete(name)
      return result
    },
  }
  return reader
}

const KEYWORDS: Partial<Record<TSType['type'], Schema>> = {
  TSStringKeyword: { type: 'string' },
  TSNumberKeyword: { type: 'number' },
  TSBooleanKeyword: { type: 'boolean' },
  TSNullKeyword: { type: 'null' },
  TSObjectKeyword: { type: 'object' },
  TSAnyKeyword: {},
  TSUnknownKeyword: {},
}

function read(reader: Reader, type: TSType): Schema {
  const keyword = KEYWORDS[type.type]
  if (keyword !== undefined) return { ...keyword }
  if (type.type === 'TSLiteralType') return literal(type)
  if (type.type === 'TSArrayType') {
    return { type: 'array', items: reader.schemaOf(type.elementType) }
  }
  if (type.type === 'TSTupleType') return tuple(reader, type)
  if (type.type === 'TSUnionType') return eitherOf(type.types.map((one) => reader.schemaOf(one)))
  if (type.type === 'TSParenthesizedType') return reader.schemaOf(type.typeAnnotation)
  if (type.type === 'TSTypeLiteral' || type.type === 'TSIntersectionType') {
    return members(reader, type)
  }
  if (type.type === 'TSTypeReference') return reference(reader, type)
  if (type.type === 'TSTypeOperator' && type.operator === 'readonly') {
    return reader.schemaOf(type.typeAnnotation)
  }
  throw new Unreadable(`${spoken(type)} cannot be told in JSON`, type)
}

function literal(type: TSLiteralType): Schema {
  const value = literalValue(type.literal)
  if (value === undefined) throw new Unreadable('this literal cannot be told in JSON', type)
  return { type: value === null ? 'null' : typeof value, enum: [value] }
}

/** The value of a literal expression; undefined for any other. */
export function literalValue(node: Expression | TSLiteralType['literal']): Literal | undefined {
  if (node.type === 'StringLiteral' || node.type === 'NumericLiteral') return node.value
  if (node.type === 'BooleanLiteral') return node.value
  if (node.type === 'NullLiteral') return null
  if (node.type === 'UnaryExpression' && node.operator === '-') {
    const value = literalValue(node.argument)
    return typeof value === 'number' ? -value : undefined
  }
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0) {
    return node.quasis[0]?.value.cooked ?? undefined
  }
  return undefined
}

function tuple(reader: Reader, type: TSTupleType): Schema {
  const items: Schema[] = []
  let least = 0
  for (const element of type.elementTypes) {
    const named = element.type === 'TSNamedTupleMember' ? element.elementType : element
    const optional = element.type === 'TSNamedTupleMember' && element.optional
    if (named.type === 'TSRestType') {
      throw new Unreadable('a tuple with a rest cannot be told; use an array', element)
    }
    if (named.type === 'TSOptionalType') items.push(reader.schemaOf(named.typeAnnotation))
    else {
      items.push(reader.schemaOf(named))
      if (!optional) least = items.length
    }
  }
  return { type: 'array', prefixItems: items, items: false, minItems: least }
}

/** A type with members, as a schema of an object. */
export function members(reader: Reader, type: TSType): Schema {
  const { properties, additional } = membersOf(reader, type)
  const listed = [...properties].map(
    ([name, { schema, optional }]) => [name, schema, !optional] as const,
  )
  return objectOf(listed, additional ?? !reader.closed)
}

const LISTS = new Set(['Array', 'ReadonlyArray'])
const OBJECTS = new Set(['Record', 'Partial', 'Required', 'Readonly', 'Pick', 'Omit'])
const AS_TEXT = new Set(['Date', 'URL', 'RegExp', 'Buffer', 'Uint8Array'])

function reference(reader: Reader, type: TSTypeReference): Schema {
  const name = nameOf(type.typeName)
  const [first] = type.typeArguments?.params ?? []
  const known = reader.scope.get(name)
  if (known !== undefined) {
    if (known.type === 'TSInterfaceDeclaration') return members(reader, type)
    if (known.typeParameters) throw new Unreadable(`the generic type ${name} cannot be told`, type)
    return reader.within(name, type, () => reader.schemaOf(known.typeAnnotation))
  }
  if (LISTS.has(name) && first !== undefined)
    return { type: 'array', items: reader.schemaOf(first) }
  if (OBJECTS.has(name)) return members(reader, type)
  if (AS_TEXT.has(name)) throw new Unreadable(`${name} does not come as JSON: take a string`, type)
  if (name === 'Map' || name === 'Set') {
    const instead = name === 'Map' ? 'a Record' : 'an array'
    throw new Unreadable(`${name} does not come as JSON: take ${instead}`, type)
  }
  throw new Unreadable(`the type ${name} is not in this file`, type)
}

/** TSFunctionType: a function type. */
function spoken({ type }: TSType): string {
  const words = type.replace(/^TS/, '').replace(/(Keyword|Type)$/, '')
  return `a ${words.replaceAll(/(?<!^)([A-Z])/g, ' $1').toLowerCase()} type`
}
