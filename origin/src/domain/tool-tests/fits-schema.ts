import { canonicalJson, isJsonObject, type Json, type JsonObject } from '#contract/json.ts'

/**
 * The part of JSON Schema 2020-12 that tests may be written in. What could run for ever on somebody
 * else's text (`pattern`) or lead elsewhere (`$ref`) is no part of it.
 */
const KEYWORDS = new Set(
  `type enum const properties required additionalProperties items minItems maxItems minimum maximum
   exclusiveMinimum exclusiveMaximum minLength maxLength anyOf description title $schema`.split(
    /\s+/,
  ),
)
const MOST_STEPS = 200_000
const TOO_MUCH = 'there is too much of it to be checked'

/** What of a schema a test cannot be written in, in words; null when nothing is. */
export function unreadableIn(schema: Json | undefined): string | null {
  if (typeof schema === 'boolean') return null
  if (!isJsonObject(schema)) return 'a schema is an object'
  const unknown = Object.keys(schema).find((keyword) => !KEYWORDS.has(keyword))
  if (unknown !== undefined)
    return `a schema of a test cannot use \`${unknown.slice(0, 50)}\`; it can use ${[...KEYWORDS].join(', ')}`
  const { properties, items, additionalProperties, anyOf } = schema
  const beneath = [
    ...(isJsonObject(properties) ? Object.values(properties) : []),
    ...(Array.isArray(anyOf) ? anyOf : []),
    ...[items, additionalProperties].filter((one) => one !== undefined),
  ]
  for (const inner of beneath) {
    const why = unreadableIn(inner)
    if (why !== null) return why
  }
  return null
}

/** How a value does not fit a schema, as one sentence; null when it does. */
export function misfit(value: Json, schema: JsonObject): string | null {
  let left = MOST_STEPS

  function check(part: Json, wanted: Json, at: string): string | null {
    if (--left < 0) return TOO_MUCH
    if (wanted === false) return `${at} is not to be there`
    if (!isJsonObject(wanted)) return null
    return (
      checkKind(part, wanted, at) ??
      checkSize(part, wanted, at) ??
      (Array.isArray(part) ? checkItems(part, wanted, at) : null) ??
      (isJsonObject(part) ? checkProperties(part, wanted, at) : null) ??
      checkChoices(part, wanted, at)
    )
  }

  function checkItems(list: Json[], { items }: JsonObject, at: string): string | null {
    if (items === undefined) return null
    return first(list, (item, index) => check(item, items, `${at}[${index}]`))
  }

  function checkProperties(object: JsonObject, wanted: JsonObject, at: string): string | null {
    const known = isJsonObject(wanted['properties']) ? wanted['properties'] : {}
    const required = Array.isArray(wanted['required']) ? wanted['required'].map(String) : []
    const missing = required.find((name) => !Object.hasOwn(object, name))
    if (missing !== undefined) return `${at} has no ${JSON.stringify(missing)}`
    return first(Object.entries(object), ([name, part]) => {
      const own = Object.hasOwn(known, name) ? known[name] : wanted['additionalProperties']
      return own === undefined ? null : check(part, own, `${at}.${name.slice(0, 100)}`)
    })
  }

  function checkChoices(part: Json, { anyOf }: JsonObject, at: string): string | null {
    if (!Array.isArray(anyOf)) return null
    const fits = anyOf.some((choice) => check(part, choice, at) === null)
    return fits ? null : `${at} is none of what it may be`
  }

  const why = check(value, schema, 'the result')
  return left < 0 ? TOO_MUCH : why
}

function checkKind(part: Json, { type, enum: choices, const: only }: JsonObject, at: string) {
  const types = type === undefined ? [] : [type].flat()
  if (types.length > 0 && !types.some((one) => isOf(part, one)))
    return `${at} is no ${types.map(String).join(' or ')}`
  if (Array.isArray(choices) && !choices.some((choice) => isEqual(choice, part)))
    return `${at} is none of the values it may be`
  return only !== undefined && !isEqual(only, part) ? `${at} is another value` : null
}

function isOf(part: Json, type: Json): boolean {
  if (type === 'null') return part === null
  if (type === 'array') return Array.isArray(part)
  if (type === 'object') return isJsonObject(part)
  if (type === 'integer') return Number.isInteger(part)
  return part !== null && typeof part === type
}

function checkSize(part: Json, wanted: JsonObject, at: string): string | null {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = wanted
  if (typeof part === 'number') {
    if (isBelow(part, minimum) || part === exclusiveMinimum || isBelow(part, exclusiveMinimum))
      return `${at} is too small`
    if (isAbove(part, maximum) || part === exclusiveMaximum || isAbove(part, exclusiveMaximum))
      return `${at} is too large`
  }
  const [least, most] =
    typeof part === 'string'
      ? [wanted['minLength'], wanted['maxLength']]
      : [wanted['minItems'], wanted['maxItems']]
  if (typeof part !== 'string' && !Array.isArray(part)) return null
  // In code points (JSON Schema 2020-12, Validation 6.3).
  const { length } = typeof part === 'string' ? Array.from(part) : part
  if (isBelow(length, least)) return `${at} is too short`
  return isAbove(length, most) ? `${at} is too long` : null
}

function isBelow(number: number, bound: Json | undefined): boolean {
  return typeof bound === 'number' && number < bound
}

function isAbove(number: number, bound: Json | undefined): boolean {
  return typeof bound === 'number' && number > bound
}

function isEqual(one: Json, other: Json): boolean {
  return canonicalJson(one) === canonicalJson(other)
}

function first<T>(all: readonly T[], check: (one: T, at: number) => string | null): string | null {
  for (const [at, one] of all.entries()) {
    const why = check(one, at)
    if (why !== null) return why
  }
  return null
}
