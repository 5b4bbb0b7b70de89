import { z } from 'zod'

export type Fields = Record<string, z.ZodType>
export type ObjectOf<T extends Fields> = z.ZodObject<T, z.core.$strict>

/** One route of the admin door: what it takes, what it gives, who may ask. */
export interface Endpoint<
  P extends Fields = Fields,
  Q extends Fields = Fields,
  B extends z.ZodType | null = z.ZodType | null,
  R extends z.ZodType | null = z.ZodType | null,
> {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** With parameters in braces, as OpenAPI writes them. */
  path: string
  summary: string
  /** `anyone` who addresses this machine by a name of its own, or a signed-in admin. */
  access: 'anyone' | 'admin'
  params: ObjectOf<P>
  query: ObjectOf<Q>
  /** Of a JSON body; null for none. */
  body: B
  /** Of a JSON answer; null for an answer that is empty, or of another type. */
  answer: R
  status: 101 | 200 | 201 | 204
  /** Of an answer that is not JSON. */
  type: 'text/html' | 'text/event-stream' | null
  /** Answers with an ETag; a change of the same thing must name it in If-Match (RFC 9110 §13.1.1). */
  etag: boolean
  ifMatch: boolean
}

/** An endpoint; what is left out is nothing, no, or an admin. */
export function endpoint<
  P extends Fields = {},
  Q extends Fields = {},
  B extends z.ZodType | null = null,
  R extends z.ZodType | null = null,
>(
  route: Pick<Endpoint, 'method' | 'path' | 'summary'> & {
    access?: Endpoint['access']
    params?: P
    query?: ObjectOf<Q>
    body?: B
    answer?: R
    status?: Endpoint['status']
    type?: Endpoint['type']
    etag?: boolean
    ifMatch?: boolean
  },
): Endpoint<P, Q, B, R> {
  const answer = (route.answer ?? null) as R
  return {
    access: 'admin',
    etag: false,
    ifMatch: false,
    type: null,
    status: answer === null ? 204 : 200,
    ...route,
    params: z.strictObject(route.params ?? ({} as P)),
    query: route.query ?? z.strictObject({} as Q),
    body: (route.body ?? null) as B,
    answer,
  }
}
