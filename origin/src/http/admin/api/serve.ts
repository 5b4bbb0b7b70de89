import type { Context, Hono } from 'hono'
import type { z } from 'zod'
import type { Endpoint, Fields, ObjectOf } from '#contract/admin-door/endpoint.ts'
import { complaints } from '#contract/complaints.ts'
import { visibleJson } from '#contract/visible-text.ts'
import { refuse } from '../../../domain/refusal.ts'
import { readBody } from '../../body.ts'
import type { AdminEnv } from '../signed-in.ts'

/** A request as its endpoint describes it. */
export interface Asked<P, Q, B> {
  params: P
  query: Q
  body: B
  c: Context<AdminEnv>
}

/** What an endpoint gives: its answer, or, where it has none, nothing. */
type Given<R> = R extends z.ZodType ? z.input<R> : undefined

type AskedOf<P extends Fields, Q extends Fields, B> = Asked<
  z.output<ObjectOf<P>>,
  z.output<ObjectOf<Q>>,
  B extends z.ZodType ? z.output<B> : null
>

/**
 * Serves an endpoint of JSON: what it takes is read by its schemas and refused in words, what it
 * gives has the status that it says, and hides nothing from whoever reads it as it comes.
 */
export function serve<
  P extends Fields,
  Q extends Fields,
  B extends z.ZodType | null,
  R extends z.ZodType | null,
>(
  routes: Hono<AdminEnv>,
  endpoint: Endpoint<P, Q, B, R>,
  answer: (asked: AskedOf<P, Q, B>) => Promise<Given<R>>,
): void {
  routes.on(endpoint.method.toUpperCase(), routeOf(endpoint), async (c) => {
    const asked = {
      params: paramsOf(c, endpoint),
      query: queryOf(c, endpoint),
      body: endpoint.body === null ? null : await readBody(c, endpoint.body),
      c,
    } as AskedOf<P, Q, B>
    const given = await answer(asked)
    return endpoint.answer === null
      ? c.body(null, 204)
      : c.body(visibleJson(given), endpoint.status === 201 ? 201 : 200, {
          'content-type': 'application/json',
        })
  })
}

/** An endpoint's path as the router writes it. */
export function routeOf({ path }: Pick<Endpoint, 'path'>): string {
  return path.replace(/\{(\w+)\}/g, ':$1')
}

function paramsOf(c: Context, { params }: Endpoint): unknown {
  const read = params.safeParse(c.req.param())
  if (read.success) return read.data
  const wrong = read.error.issues[0]?.path[0]
  // What cannot be a name names nothing.
  if (wrong === 'server') return refuse('server_unknown', 'There is no such server.')
  if (wrong === 'tool') return refuse('tool_unknown', 'There is no such tool.')
  return refuse('invalid_request', complaints(read.error))
}

/** The query of a request; a name that comes twice is nobody's to choose from. */
export function queryOf<E extends Endpoint>(c: Context, { query }: E): z.output<E['query']> {
  const given = Object.entries(c.req.queries())
  const twice = given.find(([, values]) => values.length > 1)
  if (twice !== undefined) refuse('invalid_request', `${twice[0]}: must be given once`)
  const read = query.safeParse(Object.fromEntries(given.map(([name, [value]]) => [name, value])))
  return read.success
    ? (read.data as z.output<E['query']>)
    : refuse('invalid_request', complaints(read.error))
}
