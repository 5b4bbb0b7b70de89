import type { File, Statement, TSInterfaceDeclaration, TSTypeAliasDeclaration } from '@babel/types'

/** A type that the file itself names. */
export type Named = TSInterfaceDeclaration | TSTypeAliasDeclaration

/** Types by name: interfaces and aliases of the top level, exported or not. */
export type Scope = ReadonlyMap<string, Named>

export function scopeOf(file: File): Scope {
  const named = file.program.body.map(declared).filter((node) => node !== null)
  return new Map(named.map((node) => [node.id.name, node]))
}

function declared(statement: Statement): Named | null {
  const node =
    statement.type === 'ExportNamedDeclaration' ? (statement.declaration ?? statement) : statement
  const isType = node.type === 'TSInterfaceDeclaration' || node.type === 'TSTypeAliasDeclaration'
  return isType ? node : null
}
