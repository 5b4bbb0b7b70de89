import { and, asc, eq, gt, inArray, isNull, lt, not, or, sql, type SQLWrapper } from 'drizzle-orm'
import type { OpId } from '#contract/operation.ts'
import { requestDigest, type NumberedEvent } from '../domain/operations/operation.ts'
import type { Channel } from '../domain/notices.ts'
import type { OperationStore } from '../domain/operations/operation-store.ts'
import type { Db } from './database.ts'
import { modernClientOf } from './modern-client.ts'
import { operationEvents, operationResults, operations } from './operation-schema.ts'
import { storableText } from './storable-text.ts'

export function pgOperationStore(db: Db): OperationStore {
  const leaseOf = (ms: number) => sql`now() + ${ms} * interval '1 millisecond'`
  const told = (channel: Channel, opId: SQLWrapper) => sql`pg_notify(${channel}, ${opId}::text)`
  /** A replica's own note; it says nothing for the others. */
  const noteOf = (replica: string, ms: number) =>
    sql`jsonb_build_object(${replica}::text, extract(epoch from ${leaseOf(ms)}))`
  const isUnattended = sql`not exists (select 1 from jsonb_each_text(${operations.attended}) note
    where note.value::float8 > extract(epoch from now()))`
  const ownedBy = (owner: string) =>
    and(eq(operations.owner, owner), eq(operations.state, 'running'))
  const isRunning = (opId: OpId) => and(eq(operations.opId, opId), eq(operations.state, 'running'))

  return {
    async add({ principal, request, requestId, dispatch, owner, leaseMs, principalKey }) {
      const added = await db
        .insert(operations)
        .values({
          opId: request.op_id,
          principal: principalKey,
          asked: { principal, request },
          requestDigest: requestDigest(request),
          requestId,
          state: 'running',
          dispatch,
          owner,
          leaseUntil: leaseOf(leaseMs),
          attended: noteOf(owner, leaseMs),
          modernClient: modernClientOf(request),
        })
        .onConflictDoNothing()
        .returning({ opId: operations.opId })
      return added.length > 0
    },

    async takeUp({ request, principalKey, attendee, leaseMs, unheardMs }) {
      const client = modernClientOf(request)
      if (client === null) return null
      const isLost = and(
        isNull(operations.cancelledAt),
        or(
          eq(operations.takenUpAs, request.op_id),
          and(eq(operations.state, 'running'), not(operations.parked), isUnattended),
          and(
            not(operations.heard),
            not(operations.parked),
            gt(operations.finishedAt, sql`now() - ${unheardMs} * interval '1 millisecond'`),
          ),
        ),
      )
      const equal = db
        .select({ opId: operations.opId })
        .from(operations)
        .where(
          and(
            eq(operations.principal, principalKey),
            eq(operations.requestDigest, requestDigest(request)),
            eq(operations.modernClient, client),
            isLost,
            sql`not exists (select 1 from operations own where own.op_id = ${request.op_id})`,
          ),
        )
        .orderBy(asc(operations.createdAt))
        .limit(1)
      // Judged again after waiting for whoever takes up the same one, cancels or finishes it.
      const taken = await db
        .update(operations)
        .set({
          attended: sql`${operations.attended} || ${noteOf(attendee, leaseMs)}`,
          heard: sql`${operations.state} = 'done'`,
          takenUpAs: request.op_id,
        })
        .where(and(inArray(operations.opId, equal), isLost))
        .returning({ opId: operations.opId })
      return (taken[0]?.opId ?? null) as OpId | null
    },

    async get(opId) {
      const [row] = await db.select().from(operations).where(eq(operations.opId, opId))
      if (row === undefined) return null
      return {
        opId,
        principal: row.asked.principal,
        request: row.asked.request,
        requestDigest: row.requestDigest,
        requestId: row.requestId,
        state: row.state,
        dispatch: row.dispatch,
        cancelled: row.cancelledAt !== null,
        createdAt: row.createdAt,
      }
    },

    async eventsAfter(opId, after) {
      const rows = await db
        .select({ event: operationEvents.event })
        .from(operationEvents)
        .where(and(eq(operationEvents.opId, opId), gt(operationEvents.seq, after)))
        .orderBy(asc(operationEvents.seq))
      return rows.map((row) => row.event)
    },

    async setDispatch(opId, dispatch, { owner, refusedBy }) {
      const noted = sql`${operations.dispatch} ->> 'bootId'`
      const changed = await db
        .update(operations)
        .set({ dispatch })
        .where(
          and(
            isRunning(opId),
            eq(operations.owner, owner),
            sql`${noted} is not distinct from ${refusedBy}`,
          ),
        )
        .returning({ opId: operations.opId })
      return changed.length > 0
    },

    async addEvents(opId, events, owner) {
      const rows = events.map((event) => sql`(${event.seq}::int, ${JSON.stringify(event)}::json)`)
      const said = sql`(values ${sql.join(rows, sql`, `)}) as said(seq, event)`
      const owned = db.$with('owned').as(
        db
          .select({ opId: operations.opId })
          .from(operations)
          .where(and(isRunning(opId), eq(operations.owner, owner)))
          // Whoever takes it over or ends it waits, or is waited for.
          .for('share'),
      )
      const added = db.$with('added').as(
        db
          .insert(operationEvents)
          .select(
            db
              .select({
                opId: owned.opId,
                seq: sql<number>`said.seq`.as('seq'),
                event: sql<NumberedEvent>`said.event`.as('event'),
              })
              .from(owned)
              .crossJoin(said),
          )
          .onConflictDoNothing()
          .returning({ seq: operationEvents.seq }),
      )
      const still = await db
        .with(owned, added)
        .select({ told: told('mcpbox_operation', owned.opId) })
        .from(owned)
      return still.length > 0
    },

    async finish(opId, event, heard) {
      const done = db.$with('done').as(
        db
          .update(operations)
          .set({ state: 'done', finishedAt: sql`now()`, heard })
          .where(isRunning(opId))
          .returning({ opId: operations.opId }),
      )
      const kept = db.$with('kept').as(
        db
          .insert(operationEvents)
          .select(
            db
              .select({
                opId: done.opId,
                seq: sql<number>`${event.seq}::int`.as('seq'),
                event: sql<NumberedEvent>`${JSON.stringify(event)}::json`.as('event'),
              })
              .from(done),
          )
          .onConflictDoNothing()
          .returning({ seq: operationEvents.seq }),
      )
      const finished = await db
        .with(done, kept)
        .select({ told: told('mcpbox_operation', done.opId) })
        .from(done)
      return finished.length > 0
    },

    async keepWhole(opId, whole) {
      await db
        .insert(operationResults)
        .values({ opId, whole: storableText(whole) })
        .onConflictDoNothing()
    },

    async readWhole(opId, principalKey, { offset, limit }) {
      const { whole } = operationResults
      const [page] = await db
        .select({
          text: sql<string>`substr(${whole}, ${offset + 1}, ${limit})`,
          total: sql<number>`length(${whole})`,
        })
        .from(operationResults)
        .innerJoin(operations, eq(operations.opId, operationResults.opId))
        .where(and(eq(operationResults.opId, opId), eq(operations.principal, principalKey)))
      return page ?? null
    },

    async attend(opIds, attendee, leaseMs) {
      await db
        .update(operations)
        .set({ attended: sql`${operations.attended} || ${noteOf(attendee, leaseMs)}` })
        .where(and(inArray(operations.opId, [...opIds]), eq(operations.state, 'running')))
    },

    async leave(opId, attendee) {
      await db
        .update(operations)
        .set({ attended: sql`${operations.attended} - ${attendee}::text` })
        .where(isRunning(opId))
    },

    async hear(opId) {
      await db
        .update(operations)
        .set({ heard: true })
        .where(and(eq(operations.opId, opId), not(operations.heard)))
    },

    async park(opId) {
      await db.update(operations).set({ parked: true }).where(isRunning(opId))
    },

    async cancel(opId) {
      await db
        .update(operations)
        .set({ cancelledAt: sql`now()` })
        .where(isRunning(opId))
        .returning({ told: told('mcpbox_cancel', operations.opId) })
    },

    async renew(opIds, owner, leaseMs) {
      const renewed = await db
        .update(operations)
        .set({ leaseUntil: leaseOf(leaseMs) })
        .where(and(inArray(operations.opId, [...opIds]), ownedBy(owner)))
        .returning({ opId: operations.opId })
      return renewed.map((row) => row.opId as OpId)
    },

    async takeOver(opId, owner, leaseMs) {
      const taken = await db
        .update(operations)
        .set({ owner, leaseUntil: leaseOf(leaseMs) })
        .where(and(isRunning(opId), lt(operations.leaseUntil, sql`now()`)))
        .returning({ opId: operations.opId })
      return taken.length > 0
    },

    async abandoned(limit) {
      const rows = await db
        .select({ opId: operations.opId })
        .from(operations)
        .where(and(eq(operations.state, 'running'), lt(operations.leaseUntil, sql`now()`)))
        .orderBy(asc(operations.createdAt))
        .limit(limit)
      return rows.map((row) => row.opId as OpId)
    },

    async release(owner) {
      await db
        .update(operations)
        .set({ leaseUntil: sql`'-infinity'` })
        .where(ownedBy(owner))
    },

    async forgetFinishedBefore(time) {
      const gone = await db
        .delete(operations)
        .where(and(eq(operations.state, 'done'), lt(operations.finishedAt, time)))
        .returning({ opId: operations.opId })
      return gone.length
    },
  }
}
