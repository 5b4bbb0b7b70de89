import { z } from 'zod'
import { isJsonObject, type JsonObject } from '#contract/json.ts'

/**
 * Bounds that a refusal names when they are broken, and what says nothing: every conversation pays
 * for each word of a schema in its list.
 */
const LEFT_OUT = new Set([
  '$schema',
  '$defs',
  'propertyNames',
  'pattern',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
])

/** A zod schema as JSON Schema, wide enough for all that it takes or gives, and short. */
export function terseSchema(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  return terse(z.toJSONSchema(schema, { io }) as JsonObject)
}

function terse(schema: JsonObject): JsonObject {
  const entries = Object.entries(schema).filter(
    ([key, value]) => !LEFT_OUT.has(key) && !saysNothing(key, value),
  )
  return Object.fromEntries(
    entries.map(([key, value]) => {
      if (key === 'properties' && isJsonObject(value))
        return [
          key,
          Object.fromEntries(
            Object.entries(value).map(([name, of]) => [name, isJsonObject(of) ? terse(of) : of]),
          ),
        ]
      if (key === 'anyOf' && Array.isArray(value))
        return [key, value.map((one) => (isJsonObject(one) ? terse(one) : one))]
      return [key, isJsonObject(value) && key !== 'default' ? terse(value) : value]
    }),
  )
}

function saysNothing(key: string, value: unknown): boolean {
  switch (key) {
    case 'additionalProperties':
      return value !== false
    case 'description':
      return value === ''
    case 'maximum':
      return value === Number.MAX_SAFE_INTEGER
    case 'minimum':
      return value === Number.MIN_SAFE_INTEGER
    default:
      return false
  }
}
