import type { TSInterfaceHeritage, TSType, TSTypeElement, TSTypeReference } from '@babel/types'
import { docOf } from './comments.ts'
import type { Schema } from './schema.ts'
import { nameOf, type Reader } from './reader.ts'
import { Unreadable } from './unreadable.ts'

export type Member = { schema: Schema; optional: boolean }

export type Members = {
  properties: Map<string, Member>
  /** Of an index signature; null where there is none. */
  additional: Schema | null
}

/** The members of a type that is an object. Throws Unreadable for one that is none. */
export function membersOf(reader: Reader, type: TSType): Members {
  if (type.type === 'TSTypeLiteral') return listed(reader, type.members)
  if (type.type === 'TSParenthesizedType') return membersOf(reader, type.typeAnnotation)
  if (type.type === 'TSIntersectionType') {
    return merged(type.types.map((one) => membersOf(reader, one)))
  }
  if (type.type === 'TSTypeReference') return ofReference(reader, type)
  throw new Unreadable('an object type is needed here', type)
}

function listed(reader: Reader, elements: readonly TSTypeElement[]): Members {
  const properties = new Map<string, Member>()
  let additional: Schema | null = null
  for (const element of elements) {
    const type = 'typeAnnotation' in element ? element.typeAnnotation?.typeAnnotation : undefined
    if (element.type === 'TSIndexSignature' && type !== undefined) {
      additional = reader.schemaOf(type)
      continue
    }
    const name =
      element.type === 'TSPropertySignature' ? keyOf(element.key, element.computed) : null
    if (element.type !== 'TSPropertySignature' || name === null || name === '__proto__') {
      throw new Unreadable(
        'a method, a computed name or `__proto__` cannot be told in JSON',
        element,
      )
    }
    if (type === undefined) throw new Unreadable(`\`${name}\` needs a type`, element)
    const { schema, optional } = withoutUndefined(reader, type)
    const { summary } = docOf(element)
    const described = summary === null ? schema : { ...schema, description: summary }
    properties.set(name, { schema: described, optional: optional || element.optional === true })
  }
  return { properties, additional }
}

/** `T | undefined` is an optional T. */
function withoutUndefined(reader: Reader, type: TSType): Member {
  if (type.type !== 'TSUnionType') return { schema: reader.schemaOf(type), optional: false }
  const left = type.types.filter((one) => one.type !== 'TSUndefinedKeyword')
  const optional = left.length < type.types.length
  return { schema: reader.schemaOf(optional ? { ...type, types: left } : type), optional }
}

export function keyOf(key: { type: string }, computed: boolean | undefined): string | null {
  if (key.type === 'Identifier' && computed !== true)
    return (key as unknown as { name: string }).name
  if (key.type !== 'StringLiteral' && key.type !== 'NumericLiteral') return null
  return String((key as unknown as { value: string | number }).value)
}

function merged(all: readonly Members[]): Members {
  const properties = new Map(all.flatMap((one) => [...one.properties]))
  return { properties, additional: all.find((one) => one.additional !== null)?.additional ?? null }
}

function ofReference(reader: Reader, type: TSTypeReference): Members {
  const name = nameOf(type.typeName)
  const known = reader.scope.get(name)
  if (known === undefined) return ofUtility(reader, name, type)
  if (known.typeParameters) throw new Unreadable(`the generic type ${name} cannot be told`, type)
  return reader.within(name, type, () => {
    if (known.type === 'TSTypeAliasDeclaration') return membersOf(reader, known.typeAnnotation)
    const above = (known.extends ?? []).map((parent) => inherited(reader, parent, type))
    return merged([...above, listed(reader, known.body.body)])
  })
}

function inherited(reader: Reader, { expression }: TSInterfaceHeritage, at: TSType): Members {
  const name = expression.type === 'Identifier' ? expression.name : ''
  const parent = reader.scope.get(name)
  if (parent === undefined) throw new Unreadable(`the type ${name} is not in this file`, at)
  if (parent.type === 'TSTypeAliasDeclaration') return membersOf(reader, parent.typeAnnotation)
  return reader.within(name, at, () => {
    const above = (parent.extends ?? []).map((one) => inherited(reader, one, at))
    return merged([...above, listed(reader, parent.body.body)])
  })
}

function ofUtility(reader: Reader, name: string, type: TSTypeReference): Members {
  const [first, second] = type.typeArguments?.params ?? []
  if (first === undefined) throw new Unreadable(`the type ${name} is not in this file`, type)
  switch (name) {
    case 'Readonly':
      return membersOf(reader, first)
    case 'Partial':
    case 'Required': {
      const { properties, additional } = membersOf(reader, first)
      const changed = [...properties].map(
        ([key, { schema }]) => [key, { schema, optional: name === 'Partial' }] as const,
      )
      return { properties: new Map(changed), additional }
    }
    case 'Pick':
    case 'Omit': {
      const { properties, additional } = membersOf(reader, first)
      const keys = keysOf(reader, second, type)
      const kept = [...properties].filter(([key]) => keys.has(key) === (name === 'Pick'))
      return { properties: new Map(kept), additional }
    }
    case 'Record': {
      if (second === undefined) throw new Unreadable('Record needs two types', type)
      const schema = reader.schemaOf(second)
      if (first.type === 'TSStringKeyword') return { properties: new Map(), additional: schema }
      const keys = [...keysOf(reader, first, type)]
      const properties = new Map(keys.map((key) => [key, { schema, optional: false }]))
      return { properties, additional: null }
    }
    default:
      throw new Unreadable(`the type ${name} is not in this file`, type)
  }
}

function keysOf(reader: Reader, keys: TSType | undefined, at: TSType): Set<string> {
  const schema = keys === undefined ? {} : reader.schemaOf(keys)
  if (schema.enum === undefined) throw new Unreadable('literal keys are needed here', at)
  return new Set(schema.enum.map(String))
}
