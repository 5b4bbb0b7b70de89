import type { TSEntityName, TSType } from '@babel/types'
import type { Schema } from './schema.ts'
import type { Scope } from './scope.ts'

/** Reads types of one file. `closed`: objects have no other properties than the type says. */
export type Reader = {
  scope: Scope
  closed: boolean
  schemaOf(type: TSType): Schema
  /** Runs `read` inside a named type; a type that leads to itself is refused. */
  within<T>(name: string, at: TSType, read: () => T): T
}

export function nameOf(name: TSEntityName): string {
  if (name.type === 'Identifier') return name.name
  return name.type === 'TSQualifiedName' ? `${nameOf(name.left)}.${name.right.name}` : 'this'
}
