import type { JsonObject } from '#contract/json.ts'

/** JSON Schema 2020-12, as far as types of TypeScript are told in it. */
export type Schema = {
  type?: string
  description?: string
  default?: JsonObject[string]
  enum?: (string | number | boolean | null)[]
  anyOf?: Schema[]
  items?: Schema | false
  prefixItems?: Schema[]
  minItems?: number
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
}

export type Literal = string | number | boolean | null

/** A choice of schemas: literals of one kind become one `enum`, and a single choice itself. */
export function eitherOf(choices: Schema[]): Schema {
  const flat = choices.flatMap((choice) => choice.anyOf ?? [choice])
  const literals = flat.filter(({ enum: values }) => values !== undefined)
  const merged: Schema[] = flat.filter(({ enum: values }) => values === undefined)
  for (const type of new Set(literals.map((literal) => literal.type))) {
    const values = literals.flatMap((one) => (one.type === type ? (one.enum ?? []) : []))
    merged.push({ ...(type !== undefined && { type }), enum: [...new Set(values)] })
  }
  const [only] = merged
  return merged.length === 1 && only !== undefined ? only : { anyOf: merged }
}

export function objectOf(
  properties: readonly (readonly [string, Schema, boolean])[],
  additional: boolean | Schema,
): Schema {
  const listed = Object.create(null) as Record<string, Schema>
  for (const [name, schema] of properties) listed[name] = schema
  const required = properties.filter(([, , needed]) => needed).map(([name]) => name)
  return {
    type: 'object',
    properties: listed,
    ...(required.length > 0 && { required }),
    ...(additional !== true && { additionalProperties: additional }),
  }
}
