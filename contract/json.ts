import { z } from 'zod'

/** Any JSON value (RFC 8259). */
export const Json: z.ZodType<Json> = z.json()
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

/** A JSON object: what MCP calls `arguments`, and what a JSON Schema is. */
export const JsonObject = z.record(z.string(), Json)
export type JsonObject = { [key: string]: Json }
