import type { Node } from '@babel/types'
import { keyName } from './bindings.ts'
import type { Expressions } from './expressions.ts'
import type { Reach } from './hosts.ts'
import type { Text } from './texts.ts'

/**
 * Names of headers of a request, in lower case, and expressions that their values are made of, one
 * after the other and unchanged.
 *
 * @param init the second argument of `fetch`
 */
export function* headerParts(
  init: Node | undefined,
  { object }: Pick<Expressions, 'object'>,
): Generator<[header: string, part: Node]> {
  const headers = init === undefined ? null : propertyOf(object(init), 'headers')
  const table = headers === null ? null : object(headers)
  for (const property of table?.properties ?? []) {
    if (property.type !== 'ObjectProperty') continue
    const name = keyName(property.key, property.computed).toLowerCase()
    if (name !== '\0') for (const part of partsOf(property.value)) yield [name, part]
  }
}

function propertyOf(
  held: Extract<Node, { type: 'ObjectExpression' }> | null,
  name: string,
): Node | null {
  for (const property of held?.properties ?? [])
    if (property.type === 'ObjectProperty' && keyName(property.key, property.computed) === name)
      return property.value
  return null
}

function* partsOf(value: Node): Generator<Node> {
  const waiting: Node[] = [value]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.type === 'TemplateLiteral') waiting.push(...node.expressions)
    else if (node.type === 'BinaryExpression' && node.operator === '+')
      waiting.push(node.left, node.right)
    else yield node
  }
}

/**
 * The host that a secret may be sent to with a request; null where that does not show. In clear it goes
 * only where the port is named (docs/writing-tools.md, Secrets).
 */
export function placeOf([begins = null]: Text, reach: Reach | null): string | null {
  if (reach === null || reach.host === null || reach.unseen !== null) return null
  const isSecure = /^\s*https:/i.test(begins ?? '')
  return isSecure || /:\d+$/.test(reach.host) ? reach.host : null
}
