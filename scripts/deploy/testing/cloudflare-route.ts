import { z } from 'zod'

/** A refusal in Cloudflare's envelope. */
export class Refused extends Error {
  readonly status: number
  readonly code: number

  constructor(status: number, code: number, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export interface Call {
  method: string
  path: string
  query: URLSearchParams
  /** Path segments that the route's pattern captured. */
  at: Record<string, string>
  body: Buffer
  type: string
}

/** What a route answers: the result, or a list of which one page is told. */
export type Route = (call: Call) => unknown

export const jsonOf = <T>(call: Call, schema: z.ZodType<T>): T => {
  const parsed = schema.safeParse(JSON.parse(call.body.toString()))
  if (parsed.success) return parsed.data
  throw new Refused(400, 1001, z.prettifyError(parsed.error))
}
