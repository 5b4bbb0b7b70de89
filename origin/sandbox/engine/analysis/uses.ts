import type { File, Node } from '@babel/types'
import { type Bindings, bindingsOf } from './bindings.ts'
import { type Expressions, expressionsOf, TooMuch } from './expressions.ts'
import { reachOf } from './hosts.ts'
import { headerParts, placeOf } from './places.ts'
import { known } from './texts.ts'

/** What a text uses and what it hides, as the analysis says it (origin/sandbox/calls/said-uses.ts). */
export type Uses = {
  hosts: string[]
  modules: string[]
  packages: []
  secrets: { name: string; read: boolean; places: string[] }[]
  unseen: { kind: string; line: number; hint: string | null }[]
}

const PLACEHOLDER = /\{\{secret:([A-Z][A-Z0-9_]{0,99})\}\}/g
const SECRET = /^[A-Z][A-Z0-9_]{0,99}$/
const SENDERS = new Set(['fetch', 'Request'])
const MAKES_CODE = new Set(['eval', 'Function'])
/** Timers take code as a text as well. */
const TIMERS = new Set(['setTimeout', 'setInterval'])
const REACHES = new Set(['constructor', '__proto__', 'prototype', 'caller', 'callee'])
const MOST_TOLD = 60

/** Everything that a file uses, as far as its text shows. Of many things alike the first is told. */
export function usesOf(file: File, imports: readonly string[]): Uses {
  const bindings = bindingsOf(file)
  const looking = new Looking(expressionsOf(bindings), imports)
  try {
    for (const node of bindings.nodes) looking.at(node)
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error
    looking.giveUp(bindings)
  }
  return looking.told()
}

class Looking {
  readonly #expressions: Expressions
  readonly #modules: Set<string>
  readonly #hosts = new Set<string>()
  readonly #taken: { node: Node; name: string }[] = []
  /** Places, as `host/header`, that a taken secret is put into; null where unseen. */
  readonly #placed = new Map<Node, Set<string | null>>()
  readonly #sent = new Set<string>()
  readonly #unseen = new Map<string, { kind: string; line: number; hint: string | null }>()
  /** Nodes that stand where they are called, or where a part of them is taken. */
  readonly #covered = new Set<Node>()
  #line = 1

  constructor(expressions: Expressions, imports: readonly string[]) {
    this.#expressions = expressions
    this.#modules = new Set(imports)
  }

  at(node: Node): void {
    this.#line = node.loc?.start.line ?? this.#line
    if (node.type === 'StringLiteral') this.#placeholders(node.value)
    else if (node.type === 'TemplateElement') this.#placeholders(node.value.raw)
    else if (node.type === 'ImportExpression') this.#imported(node.source)
    else if (node.type === 'CallExpression' || node.type === 'NewExpression')
      this.#called(node.callee, node.arguments)
    else if (node.type === 'VariableDeclarator') {
      if (node.id.type === 'Identifier' && node.init) this.#covered.add(node.init)
    } else if (node.type === 'MemberExpression' || node.type === 'OptionalMemberExpression')
      this.#member(node)
    else if (node.type === 'Identifier') this.#named(node)
    else if ('key' in node && !('computed' in node && node.computed)) this.#covered.add(node.key)
  }

  giveUp({ nodes }: Bindings): void {
    this.#hide('too_much')
    for (const node of nodes) if (node.type === 'ImportExpression') this.#hide('module')
  }

  told(): Uses {
    const secrets = [...new Set([...this.#taken.map(({ name }) => name), ...this.#sent])].sort()
    const most = Math.max(this.#hosts.size, this.#modules.size, secrets.length)
    if (most > MOST_TOLD) this.#hide('too_much')
    return {
      hosts: [...this.#hosts].sort().slice(0, MOST_TOLD),
      modules: [...this.#modules].sort().slice(0, MOST_TOLD),
      packages: [],
      secrets: secrets.slice(0, MOST_TOLD).map((name) => this.#secret(name)),
      unseen: [...this.#unseen.values()].sort((a, b) => a.line - b.line).slice(0, MOST_TOLD),
    }
  }

  #hide(kind: string, hint: string | null = null): void {
    const key = JSON.stringify([kind, hint])
    if (!this.#unseen.has(key)) this.#unseen.set(key, { kind, line: this.#line, hint })
  }

  #placeholders(text: string): void {
    for (const [, name = ''] of text.matchAll(PLACEHOLDER)) this.#sent.add(name)
  }

  #imported(source: Node): void {
    for (const text of this.#expressions.texts(source)) {
      const name = known(text)
      if (name === null) this.#hide('module')
      else this.#modules.add(name)
    }
  }

  #called(callee: Node, given: readonly Node[]): void {
    this.#covered.add(callee)
    if (callee.type === 'Import') {
      if (given[0]) this.#imported(given[0])
      return
    }
    const name = this.#expressions.dotted(callee)
    if (name === null) return
    if (MAKES_CODE.has(name) || (TIMERS.has(name) && isText(given[0]))) this.#hide('code', name)
    if (!SENDERS.has(name)) return
    const places = new Set<string | null>()
    for (const text of this.#expressions.texts(given[0])) {
      const reach = reachOf(text)
      places.add(placeOf(text, reach))
      if (reach?.host) this.#hosts.add(reach.host)
      if (reach?.unseen) this.#hide(reach.unseen, reach.hint)
    }
    for (const [header, part] of headerParts(given[1], this.#expressions)) {
      const known = this.#placed.get(part) ?? new Set()
      for (const host of places) known.add(host === null ? null : `${host}/${header}`)
      this.#placed.set(part, known)
    }
  }

  #secret(name: string): Uses['secrets'][number] {
    const taken = this.#taken.filter((one) => one.name === name)
    const places = taken.map(({ node }) => this.#placed.get(node) ?? new Set([null]))
    const all = new Set(places.flatMap((one) => [...one]))
    const seen = [...all].filter((place) => place !== null)
    return { name, read: all.has(null), places: seen.sort().slice(0, MOST_TOLD) }
  }

  #member(node: Extract<Node, { type: 'MemberExpression' | 'OptionalMemberExpression' }>): void {
    const { object, property, computed } = node
    if (!computed) this.#covered.add(property)
    if (!computed && property.type === 'Identifier' && REACHES.has(property.name))
      this.#hide('code', property.name)
    if (object.type === 'Identifier' && object.name === 'globalThis') {
      this.#covered.add(object)
      if (computed && property.type !== 'StringLiteral') this.#hide('code', 'globalThis')
    }
    if (object.type !== 'Identifier' || this.#expressions.dotted(object) !== 'secrets') return
    this.#covered.add(object)
    for (const text of this.#expressions.texts(node)) {
      const name = known(text)?.slice('{{secret:'.length, -'}}'.length) ?? ''
      if (SECRET.test(name)) this.#taken.push({ node, name })
      else this.#hide('secret')
    }
  }

  /** A name that is handed on as it is. */
  #named(node: Extract<Node, { type: 'Identifier' }>): void {
    if (this.#covered.has(node)) return
    if (node.name === 'secrets') this.#hide('secret')
    else if (node.name === 'fetch') this.#hide('request')
    else if (node.name === 'globalThis') this.#hide('code', 'globalThis')
  }
}

function isText(node: Node | undefined): boolean {
  return node?.type === 'StringLiteral' || node?.type === 'TemplateLiteral'
}
