import type { Json } from '#contract/json.ts'
import { Refused } from './refused.ts'

const { setPrototypeOf } = Object

export type JsonLimits = { depth: number; nodes: number }

/** More values than bytes are allowed for them. */
export class TooLarge extends Error {}

const ADVICE: readonly [new (...args: never[]) => object, string][] = [
  [Promise, 'a Promise: write `await` before it'],
  [Map, 'a Map: give `Object.fromEntries(map)` or `[...map]`'],
  [Set, 'a Set: give `[...set]`'],
  [ArrayBuffer, 'an ArrayBuffer: give `Buffer.from(buffer).toString("base64")`'],
  [Uint8Array, 'bytes: give `Buffer.from(bytes).toString("base64")`'],
  [RegExp, 'a RegExp: give its `source`'],
]

/**
 * What a tool returned, as a plain copy. `undefined` is null, and left out of objects; what has a
 * `toJSON` speaks through it. Throws Refused, naming the place, for what JSON cannot say.
 */
export function toJson(value: unknown, { depth, nodes }: JsonLimits): Json {
  const above = new Set<object>()
  let left = nodes

  function walk(item: unknown, path: string): Json {
    if (--left < 0) throw new TooLarge()
    if (item === null || item === undefined) return null
    if (typeof item === 'string') return item.toWellFormed()
    if (typeof item === 'boolean') return item
    if (typeof item === 'number' && Number.isFinite(item)) return item
    if (typeof item === 'number') throw no(path, `${item}, which JSON cannot say`)
    if (typeof item === 'object') return within(item, path)
    if (typeof item === 'bigint')
      throw no(path, 'a bigint: give `Number(value)` or `String(value)`')
    throw no(path, `a ${typeof item}, which JSON cannot say`)
  }

  function within(item: object, path: string): Json {
    if (above.has(item)) throw no(path, 'something that contains itself')
    if (above.size >= depth) {
      throw new Refused('NotJson', `the result nests deeper than ${depth}`)
    }
    above.add(item)
    const made = entries(item, path)
    above.delete(item)
    return made
  }

  function entries(item: object, path: string): Json {
    if ('toJSON' in item && typeof item.toJSON === 'function') {
      return walk((item.toJSON as (key: string) => unknown)(''), path)
    }
    if (Array.isArray(item)) {
      if (item.length > left) throw new TooLarge()
      const copy = Array.from(item, (part, at) => walk(part, `${path}[${at}]`))
      return bare(copy)
    }
    for (const [kind, what] of ADVICE) if (item instanceof kind) throw no(path, what)
    const copy = Object.create(null) as Record<string, Json>
    for (const key of Object.keys(item)) {
      const part = (item as Record<string, unknown>)[key]
      if (part !== undefined) copy[key.toWellFormed()] = walk(part, `${path}.${key}`)
    }
    return copy
  }

  return walk(value, 'the result')
}

/** Without a prototype, JSON.stringify finds no `toJSON` that the tool put there. */
function bare(list: Json[]): Json[] {
  return setPrototypeOf(list, null) as Json[]
}

function no(path: string, what: string): Refused {
  return new Refused('NotJson', `${path.slice(0, 500)} is ${what}`)
}
