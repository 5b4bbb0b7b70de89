import type { Hono } from 'hono'
import { z } from 'zod'
import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import type { PermissionDecision, PermissionRequestView } from '#contract/admin-door/permissions.ts'
import { FactsRequest, type PackageFacts } from '#contract/packages.ts'
import { problemBody } from '#contract/problem.ts'
import type { Seen } from '../../../domain/activity.ts'
import type { Admin } from '../../../domain/admins/admin-store.ts'
import { factsAbout } from '../../../domain/packages/facts-of.ts'
import type { PackageSource } from '../../../domain/packages/package-source.ts'
import { decidePermission, requestUnknown } from '../../../domain/permissions/decide.ts'
import type { PermissionRequest } from '../../../domain/permissions/permission.ts'
import { Refusal } from '../../../domain/refusal.ts'
import type { Stores, Within } from '../../../domain/stores.ts'
import { seenOf } from '../seen.ts'
import type { AdminEnv } from '../signed-in.ts'
import { cursorOf, cursorTime, page } from './pages.ts'
import { serve } from './serve.ts'
import { idOr, timeOrNull } from './term-view.ts'

const byAge = cursorOf(z.object({ requestedAt: cursorTime, id: z.uuid() }))

/** Questions about permissions, and answers. */
export function permissionRequestRoutes(
  routes: Hono<AdminEnv>,
  parts: { stores: Stores; within: Within; packages: PackageSource },
): void {
  const { stores, within, packages } = parts

  async function view(
    request: PermissionRequest,
    signal: AbortSignal,
  ): Promise<PermissionRequestView> {
    const [requestedBy, facts] = await Promise.all([
      stores.principals.label(request.requestedBy),
      packageFacts(packages, request, signal),
    ])
    return requestView({ ...request, requestedBy }, facts)
  }

  function decided(admin: Admin, id: string, decision: PermissionDecision, seen: Seen) {
    const { expires_at: until, ...answer } = decision
    const wish = { ...answer, requestId: idOr(requestUnknown, id), expiresAt: timeOrNull(until) }
    return within((inside) => decidePermission(inside, admin, wish, seen))
  }

  serve(routes, ENDPOINTS.listPermissionRequests, async ({ query, c }) => {
    const { state, limit, cursor } = query
    const after = byAge.read(cursor)
    const rows = await stores.permissions.requests({ state }, { after, limit: limit + 1 })
    const key = ({ requestedAt, id }: PermissionRequest) => ({ requestedAt, id })
    const { items, next } = page(rows, limit, { view: (row) => row, cursor: byAge, key })
    return { items: await Promise.all(items.map((row) => view(row, c.req.raw.signal))), next }
  })

  serve(routes, ENDPOINTS.getPermissionRequest, async ({ params: { id }, c }) => {
    const request = await stores.permissions.request(idOr(requestUnknown, id))
    return view(request ?? requestUnknown(), c.req.raw.signal)
  })

  serve(routes, ENDPOINTS.decidePermission, async ({ params: { id }, body, c }) =>
    view(await decided(c.get('admin'), id, body, seenOf(c)), c.req.raw.signal),
  )

  serve(routes, ENDPOINTS.decidePermissions, async ({ body: { decisions }, c }) => {
    const items = []
    for (const { request, ...decision } of decisions)
      try {
        const made = await decided(c.get('admin'), request, decision, seenOf(c))
        items.push({ request, decided: await view(made, c.req.raw.signal), problem: null })
      } catch (fault) {
        if (!(fault instanceof Refusal)) throw fault
        const problem = problemBody(fault.problem, c.get('requestId'))
        items.push({ request, decided: null, problem })
      }
    return { items }
  })
}

/** What the index says of a package that is asked about; null of anything else. */
async function packageFacts(
  packages: Pick<PackageSource, 'facts'>,
  { state, kind, value }: PermissionRequest,
  signal: AbortSignal,
): Promise<PackageFacts | null> {
  if (state !== 'waiting' || kind !== 'package') return null
  const [name, version] = value.split('==')
  const asked = FactsRequest.parse({ packages: [{ name, version }] })
  return (await factsAbout(packages, asked.packages, signal))[0] ?? null
}

function requestView(
  request: PermissionRequest,
  facts: PackageFacts | null,
): PermissionRequestView {
  return {
    id: request.id,
    state: request.state,
    server: request.server,
    tool: request.tool,
    kind: request.kind,
    value: request.value,
    justification: request.justification,
    requested_by: request.requestedBy,
    client: request.client,
    requested_at: request.requestedAt.toISOString(),
    decided_by: request.decidedBy,
    decided_at: request.decidedAt?.toISOString() ?? null,
    reason: request.reason,
    package_facts: facts,
  }
}
