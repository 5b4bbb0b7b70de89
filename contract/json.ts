import { z } from 'zod'

/** Any JSON value (RFC 8259). */
export const Json: z.ZodType<Json> = z.json()
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

/** A JSON object: what MCP calls `arguments`, and what a JSON Schema is. */
export const JsonObject = z.record(z.string(), Json)
export type JsonObject = { [key: string]: Json }

/** Tells objects from lists and the rest, of what is JSON. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** JSON with object keys in code-unit order (the ordering of RFC 8785), so equal values are equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isJsonObject(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
