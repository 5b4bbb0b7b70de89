import type { Node } from '@babel/types'
import { type Binding, type Bindings, isFunction, keyName } from './bindings.ts'
import { either, inSequence, joined, known, type Text, UNKNOWN } from './texts.ts'

const MOST_STEPS = 40_000
const DEEPEST = 40
/** Functions of one name that are looked at. */
const MOST_MEANINGS = 20
const KEEPING = new Set(['trim', 'toString', 'toLowerCase', 'trimEnd', 'href'])

const WRAPPING = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'ParenthesizedExpression',
])

/** The text asks for more looking up than any tool that a person wrote. */
export class TooMuch extends Error {}

/** Reads expressions: each can be a few texts. What is not understood is unknown. */
export type Expressions = {
  /** Throws TooMuch when the work for a file is over. */
  texts(node: Node | null | undefined): Text[]
  /** The full name of what an expression names, such as `globalThis.fetch`; else null. */
  dotted(node: Node): string | null
  /** The object that an expression is, where the file says it in one place. */
  object(node: Node): Extract<Node, { type: 'ObjectExpression' }> | null
}

export function expressionsOf(bindings: Bindings): Expressions {
  const read_ = new Map<Node, Text[]>()
  const open = new Set<Node>()
  let left = MOST_STEPS
  let isCut = false

  function spend(): void {
    if (--left < 0) throw new TooMuch()
  }

  function texts(node: Node | null | undefined): Text[] {
    spend()
    if (!node) return [UNKNOWN]
    const before = read_.get(node)
    if (before !== undefined) return before
    if (open.has(node) || open.size > DEEPEST) {
      isCut = true
      return [UNKNOWN]
    }
    open.add(node)
    const found = either(read(node))
    open.delete(node)
    isCut &&= open.size > 0
    if (!isCut) read_.set(node, found)
    return found
  }

  function all(nodes: readonly (Node | null | undefined)[]): Text[] {
    return nodes.length === 0 ? [UNKNOWN] : nodes.flatMap(texts)
  }

  function read(node: Node): Text[] {
    if (node.type === 'StringLiteral') return [joined([[node.value]])]
    if (node.type === 'NumericLiteral') return [[String(node.value)]]
    if (node.type === 'TemplateLiteral') return template(node)
    if (node.type === 'BinaryExpression')
      return node.operator === '+' ? inSequence([texts(node.left), texts(node.right)]) : [UNKNOWN]
    if (node.type === 'ConditionalExpression') return all([node.consequent, node.alternate])
    if (node.type === 'LogicalExpression') return all([node.left, node.right])
    if (node.type === 'AssignmentExpression') return texts(node.right)
    if (node.type === 'AwaitExpression') return texts(node.argument)
    if (isWrapping(node)) return texts(node.expression)
    if (node.type === 'Identifier') return named(bindings.names.get(node.name) ?? [])
    if (node.type === 'MemberExpression' || node.type === 'OptionalMemberExpression')
      return member(node.object, node.property, node.computed)
    if (node.type === 'NewExpression') return made(node)
    return node.type === 'CallExpression' ? called(node) : [UNKNOWN]
  }

  function template({ quasis, expressions }: Extract<Node, { type: 'TemplateLiteral' }>): Text[] {
    return inSequence(
      quasis.flatMap(({ value }, at) => {
        const written: Text[] = [joined([[value.cooked ?? null]])]
        const filled = expressions[at]
        return filled === undefined ? [written] : [written, texts(filled)]
      }),
    )
  }

  function named(bound: readonly Binding[]): Text[] {
    const starts = bound.flatMap((one) => (one.kind === 'grows' ? [] : ofBinding(one)))
    const grown = bound.some(({ kind }) => kind === 'grows')
      ? starts.map((text) => joined([text, UNKNOWN]))
      : []
    return starts.length === 0 ? [UNKNOWN] : [...starts, ...grown]
  }

  function ofBinding(binding: Binding): Text[] {
    spend()
    switch (binding.kind) {
      case 'value':
      case 'grows':
        return texts(binding.node)
      case 'item':
        return all(itemsOf(binding.node))
      case 'parameter':
        return parameter(binding)
      case 'unknown':
        return [UNKNOWN]
    }
  }

  /** What the calls in this file give; callers from outside know the exported function alone. */
  function parameter({ of, at, standard }: Extract<Binding, { kind: 'parameter' }>): Text[] {
    const name = bindings.nameOf.get(of)
    const calls = name === undefined ? [] : (bindings.calls.get(name) ?? [])
    return calls.flatMap(({ arguments: given }) => {
      const one = given[at]
      return given.slice(0, at + 1).some(({ type }) => type === 'SpreadElement')
        ? [UNKNOWN]
        : texts(one ?? standard)
    })
  }

  /** What an expression lists: items of an array, values of an object. */
  function itemsOf(node: Node): Node[] {
    spend()
    if (node.type === 'ArrayExpression') return node.elements.filter((item) => item !== null)
    if (node.type === 'ObjectExpression')
      return node.properties.flatMap((one) => (one.type === 'ObjectProperty' ? [one.value] : []))
    if (node.type === 'TSAsExpression') return itemsOf(node.expression)
    if (node.type !== 'Identifier' || open.size > DEEPEST) return []
    return (bindings.names.get(node.name) ?? []).flatMap((one) =>
      one.kind === 'value' && one.node.type !== 'Identifier' ? itemsOf(one.node) : [],
    )
  }

  function member(object: Node, property: Node, computed: boolean): Text[] {
    if (dotted(object) === 'secrets')
      return (computed ? texts(property) : [[keyName(property, false)]]).map((name) =>
        joined([['{{secret:'], name, ['}}']]),
      )
    const name = keyName(property, computed)
    if (KEEPING.has(name)) return texts(object)
    if (name === '\0') return all(itemsOf(object))
    return all(bindings.properties.get(name) ?? itemsOf(object))
  }

  function made({ callee, arguments: [first, second] }: Extract<Node, { type: 'NewExpression' }>) {
    const name = dotted(callee)
    if (name === 'Request') return texts(first)
    if (name !== 'URL') return [UNKNOWN]
    if (second === undefined) return texts(first)
    return texts(first).flatMap((one) =>
      texts(second).map((base): Text => {
        spend()
        const both = [known(one), known(base)] as const
        const href = both[0] === null || both[1] === null ? null : URL.parse(both[0], both[1])?.href
        return [href ?? null]
      }),
    )
  }

  function called({ callee, arguments: given }: Extract<Node, { type: 'CallExpression' }>): Text[] {
    if (callee.type === 'MemberExpression') {
      const method = keyName(callee.property, callee.computed)
      if (KEEPING.has(method)) return texts(callee.object)
      if (method === 'join' && callee.object.type === 'ArrayExpression') {
        const between = texts(given[0])
        const parts = callee.object.elements.flatMap((item) => [between, texts(item)])
        return inSequence(parts.slice(1))
      }
    }
    const name = callee.type === 'Identifier' ? callee.name : null
    if (name === 'String') return texts(given[0])
    const meant = name === null ? [] : (bindings.functions.get(name) ?? [])
    return all(
      meant.slice(0, MOST_MEANINGS).flatMap((one) => bindings.returns.get(one) ?? [undefined]),
    )
  }

  function dotted(node: Node, depth = 0): string | null {
    spend()
    if (depth > DEEPEST) return null
    if (node.type === 'MemberExpression') {
      const owner = dotted(node.object, depth + 1)
      const name = keyName(node.property, node.computed)
      return owner === null || name === '\0'
        ? null
        : owner === 'globalThis'
          ? name
          : `${owner}.${name}`
    }
    if (node.type !== 'Identifier') return null
    for (const binding of bindings.names.get(node.name) ?? []) {
      spend()
      if (binding.kind !== 'value' || isFunction(binding.node)) continue
      if (binding.node.type === 'Identifier' || binding.node.type === 'MemberExpression')
        return dotted(binding.node, depth + 1)
    }
    return node.name
  }

  function object(node: Node): Extract<Node, { type: 'ObjectExpression' }> | null {
    if (node.type === 'ObjectExpression') return node
    const bound = node.type === 'Identifier' ? (bindings.names.get(node.name) ?? []) : []
    const [only, ...others] = bound
    if (only?.kind !== 'value' || others.length > 0) return null
    return only.node.type === 'ObjectExpression' ? only.node : null
  }

  return { texts, dotted: (node) => dotted(node), object }
}

/** What TypeScript writes around an expression, and brackets. */
function isWrapping(node: Node): node is Extract<
  Node,
  {
    type:
      | 'TSAsExpression'
      | 'TSSatisfiesExpression'
      | 'TSNonNullExpression'
      | 'ParenthesizedExpression'
  }
> {
  return WRAPPING.has(node.type)
}
