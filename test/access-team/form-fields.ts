import type { Context } from 'hono'

/** The fields of a posted form, each once; a repeated or uploaded one is refused (RFC 6749 §3.2). */
export async function formFields(c: Context): Promise<Record<string, string>> {
  const fields = await c.req.parseBody({ all: true })
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (typeof value !== 'string') throw new Error(`${name} must be one text`)
      return [name, value]
    }),
  )
}
