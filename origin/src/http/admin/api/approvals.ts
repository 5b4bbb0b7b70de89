import type { Hono } from 'hono'
import { z } from 'zod'
import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import type { DecisionRequest } from '#contract/admin-api.ts'
import { problemBody } from '#contract/problem.ts'
import type { Seen } from '../../../domain/activity.ts'
import type { Admin } from '../../../domain/admins/admin-store.ts'
import type { Approval } from '../../../domain/approvals/approval-store.ts'
import { decide } from '../../../domain/approvals/decide.ts'
import { factsOf } from '../../../domain/packages/facts-of.ts'
import { installAhead } from '../../../domain/packages/install-ahead.ts'
import type { PackageSource } from '../../../domain/packages/package-source.ts'
import { refuse, Refusal } from '../../../domain/refusal.ts'
import type { Stores, Within } from '../../../domain/stores.ts'
import { lastReport } from '../../../domain/tool-tests/last-report.ts'
import type { Logger } from '../../../log.ts'
import { seenOf } from '../seen.ts'
import type { AdminEnv } from '../signed-in.ts'
import { approvalView, versionView } from '../views.ts'
import { linesAsked } from './lines-asked.ts'
import { cursorOf, cursorTime, page } from './pages.ts'
import { serve } from './serve.ts'

const byAge = cursorOf(z.object({ requestedAt: cursorTime, id: z.uuid() }))

/** Requests for approval, and decisions. */
export function approvalRoutes(
  routes: Hono<AdminEnv>,
  parts: { stores: Stores; within: Within; packages: PackageSource; log: Logger },
): void {
  const { stores, within, packages, log } = parts

  async function view(approval: Approval, signal: AbortSignal) {
    const version = await stores.tools.version(approval.versionId)
    if (version === null) throw new Error(`approval ${approval.id} is about no version`)
    const live = await stores.tools.versionIn(version.toolId, 'live')
    const [requestedBy, createdBy, lines, facts, uses, tests] = await Promise.all([
      stores.principals.label(approval.requestedBy),
      stores.principals.label(version.createdBy),
      linesAsked(stores, version, live),
      approval.state === 'waiting' ? factsOf(packages, version, signal) : [],
      stores.readings.of(version),
      lastReport(stores, version.hash),
    ])
    const labelled = { ...version, createdBy }
    return approvalView({ ...approval, requestedBy }, labelled, live, { facts, lines, uses, tests })
  }

  async function decided(admin: Admin, id: string, decision: DecisionRequest, seen: Seen) {
    const version = await within((inside) =>
      decide(
        inside,
        admin,
        {
          ...decision,
          approvalId: approvalId(id),
          expiries: decision.expiries.map(({ expires_at: until, ...line }) => ({
            ...line,
            at: new Date(until),
          })),
        },
        seen,
      ),
    )
    if (decision.decision === 'approve')
      void installAhead(packages, version, (fault) => log.warn({ err: fault }, 'packages'))
    return versionView((await stores.tools.version(version.id)) ?? version)
  }

  serve(routes, ENDPOINTS.listApprovals, async ({ query: { state, limit, cursor }, c }) => {
    const after = byAge.read(cursor)
    const rows = await stores.approvals.list(state ?? null, { after, limit: limit + 1 })
    const { items, next } = page(rows, limit, { view: (row) => row, cursor: byAge, key: ageOf })
    return { items: await Promise.all(items.map((row) => view(row, c.req.raw.signal))), next }
  })

  serve(routes, ENDPOINTS.getApproval, async ({ params, c }) => {
    const approval = await stores.approvals.approval(approvalId(params.id))
    return view(approval ?? approvalUnknown(), c.req.raw.signal)
  })

  serve(routes, ENDPOINTS.decide, async ({ params, body, c }) =>
    decided(c.get('admin'), params.id, body, seenOf(c)),
  )

  serve(routes, ENDPOINTS.decideMany, async ({ body: { decisions }, c }) => {
    const items = []
    for (const { approval, ...decision } of decisions)
      try {
        const version = await decided(c.get('admin'), approval, decision, seenOf(c))
        items.push({ approval, version, problem: null })
      } catch (fault) {
        if (!(fault instanceof Refusal)) throw fault
        const problem = problemBody(fault.problem, c.get('requestId'))
        items.push({ approval, version: null, problem })
      }
    return { items }
  })
}

function ageOf({ requestedAt, id }: Approval) {
  return { requestedAt, id }
}

function approvalId(text: string): string {
  const id = z.uuid().safeParse(text)
  return id.success ? id.data : approvalUnknown()
}

function approvalUnknown(): never {
  return refuse('approval_unknown', 'There is no such request for approval.')
}
