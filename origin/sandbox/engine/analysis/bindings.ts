import type { File, Node } from '@babel/types'

type Function = Extract<
  Node,
  {
    type:
      | 'FunctionDeclaration'
      | 'FunctionExpression'
      | 'ArrowFunctionExpression'
      | 'ObjectMethod'
      | 'ClassMethod'
  }
>

/** What a name stands for: an expression, an item of one, or a parameter of a function. */
export type Binding =
  | { kind: 'value' | 'item' | 'grows'; node: Node }
  | { kind: 'parameter'; of: Function; at: number; standard: Node | null }
  | { kind: 'unknown' }

/** The names of a file, everywhere in it: what is bound twice may be either. */
export type Bindings = {
  /** Every node, parents before children, in the order of the text. */
  nodes: Node[]
  names: Map<string, Binding[]>
  /** What stands under a property of that name, in whatever object. */
  properties: Map<string, Node[]>
  functions: Map<string, Function[]>
  returns: Map<Function, Node[]>
  calls: Map<string, Extract<Node, { type: 'CallExpression' }>[]>
  /** The names by which a function is called, where it has one. */
  nameOf: Map<Function, string>
}

const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ObjectMethod',
  'ClassMethod',
])
const ABOUT = new Set([
  'loc',
  'extra',
  'leadingComments',
  'trailingComments',
  'innerComments',
  'errors',
])

export function isFunction(node: Node): node is Function {
  return FUNCTIONS.has(node.type)
}

/** Gathers the bindings of a file, in one walk without recursion. */
export function bindingsOf({ program }: File): Bindings {
  const found: Bindings = {
    nodes: [],
    names: new Map(),
    properties: new Map(),
    functions: new Map(),
    returns: new Map(),
    calls: new Map(),
    nameOf: new Map(),
  }
  const waiting: { node: Node; inside: Function | null }[] = [{ node: program, inside: null }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, inside } = next
    found.nodes.push(node)
    read(found, node, inside)
    const within = isFunction(node) ? node : inside
    for (const child of childrenOf(node).toReversed()) waiting.push({ node: child, inside: within })
  }
  return found
}

function childrenOf(node: Node): Node[] {
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) => {
    if (ABOUT.has(key)) return []
    return (Array.isArray(value) ? value : [value]).filter(isNode)
  })
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
  )
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}

function read(found: Bindings, node: Node, inside: Function | null): void {
  if (node.type === 'VariableDeclarator') {
    if (node.init) assign(found, node.id, { kind: 'value', node: node.init })
  } else if (node.type === 'AssignmentExpression') {
    const kind = node.operator === '+=' ? 'grows' : 'value'
    assign(found, node.left, { kind, node: node.right })
  } else if (node.type === 'ForOfStatement') {
    const { left } = node
    const target = left.type === 'VariableDeclaration' ? left.declarations[0]?.id : left
    if (target) assign(found, target, { kind: 'item', node: node.right })
  } else if (node.type === 'ObjectProperty' || node.type === 'ClassProperty') {
    if (node.value) add(found.properties, keyName(node.key, node.computed), node.value)
  } else if (node.type === 'ReturnStatement') {
    if (inside !== null && node.argument) add(found.returns, inside, node.argument)
  } else if (node.type === 'CallExpression') {
    add(found.calls, calledName(node.callee), node)
  } else if (isFunction(node)) readFunction(found, node)
}

function readFunction(found: Bindings, node: Function): void {
  if (node.body.type !== 'BlockStatement') add(found.returns, node, node.body)
  const name =
    node.type === 'ObjectMethod' || node.type === 'ClassMethod'
      ? keyName(node.key, node.computed)
      : 'id' in node && node.id
        ? node.id.name
        : null
  if (name !== null) nameIt(found, name, node)
  node.params.forEach((parameter, at) => {
    const [target, standard] =
      parameter.type === 'AssignmentPattern' ? [parameter.left, parameter.right] : [parameter, null]
    assign(found, target, { kind: 'parameter', of: node, at, standard })
  })
}

function nameIt(found: Bindings, name: string, node: Function): void {
  add(found.functions, name, node)
  found.nameOf.set(node, name)
}

/** Binds what a target names; a part of a pattern is unknown. */
function assign(found: Bindings, target: Node, binding: Binding): void {
  if (target.type === 'Identifier') {
    add(found.names, target.name, binding)
    if (binding.kind === 'value' && isFunction(binding.node))
      nameIt(found, target.name, binding.node)
  } else if (target.type === 'MemberExpression') {
    if (binding.kind === 'value')
      add(found.properties, keyName(target.property, target.computed), binding.node)
  } else if (target.type === 'ObjectPattern' || target.type === 'ArrayPattern') {
    const parts = target.type === 'ObjectPattern' ? target.properties : target.elements
    for (const part of parts) if (part) unknown(found, part)
  }
}

function unknown(found: Bindings, target: Node): void {
  if (target.type === 'Identifier') add(found.names, target.name, { kind: 'unknown' })
  else if (target.type === 'ObjectProperty') unknown(found, target.value)
  else if (target.type === 'AssignmentPattern') unknown(found, target.left)
  else if (target.type === 'RestElement') unknown(found, target.argument)
  else assign(found, target, { kind: 'unknown' })
}

/** The name of a property where the text tells it; else one that no property has. */
export function keyName(key: Node, computed: boolean | undefined): string {
  if (key.type === 'Identifier' && computed !== true) return key.name
  if (key.type === 'StringLiteral') return key.value
  if (key.type === 'NumericLiteral') return String(key.value)
  return key.type === 'PrivateName' ? `#${key.id.name}` : '\0'
}

function calledName(callee: Node): string {
  if (callee.type === 'Identifier') return callee.name
  return callee.type === 'MemberExpression' ? keyName(callee.property, callee.computed) : '\0'
}
