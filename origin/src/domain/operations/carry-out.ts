import type { Outcome } from '#contract/sandbox.ts'
import type { ExecutionKind } from '#contract/admin-api.ts'
import { LONGEST_CALL_MS } from '#contract/limits.ts'
import type { OperationRequest } from '#contract/operation.ts'
import { principalKey } from '#contract/principal.ts'
import type { Problem } from '#contract/problem.ts'
import type { Ending } from '../executions/ending.ts'
import { execute } from '../executions/execute.ts'
import { keptPromise } from '../executions/kept-promise.ts'
import { doerOf, record, type Ran } from '../executions/record.ts'
import type { NoticeBoard } from '../notices.ts'
import type { GrantWatch } from '../grants/watch.ts'
import type { PackageSource } from '../packages/package-source.ts'
import { Refusal } from '../refusal.ts'
import { runTests } from '../tool-tests/run-tests.ts'
import { sandboxUnreachable, type RunNews, type Sandbox } from '../sandbox.ts'
import type { Stores, Within } from '../stores.ts'
import type { Candidate } from '../tools/tool-store.ts'
import type { Call } from './call.ts'
import type { LiveOperation } from './live-operation.ts'
import type { Dispatch, NumberedEvent, Operation } from './operation.ts'
import { untilFound } from './until-found.ts'

/** What an operation is known to send to the sandbox before it begins. */
export interface Foreseen {
  candidate: Candidate
  dispatch: Dispatch
  /** Of what is granted, before the candidate was read. */
  epoch: number
}

export interface CarryOut {
  /**
   * What is going to be sent for a request, so that it can be noted together with the operation;
   * null where that shows only on the way. Changes nothing.
   */
  foresee(request: OperationRequest): Promise<Foreseen | null>

  /** True for a request that may as well run twice, by the hints of what it means. */
  isRepeatable(request: OperationRequest, foreseen: Foreseen | null): boolean

  /** Carries out one operation to its end, or resumes it. What was foreseen has been noted. */
  toEnd(operation: Operation, live: LiveOperation, foreseen: Foreseen | null): Promise<void>
}

export interface Answers {
  /** What a request runs, when it does nothing else; null when that is not known. */
  willRun(stores: Stores, request: OperationRequest): Promise<Candidate | null>

  /** True when its hints say so, of a management tool or of what it runs; what is unknown is not. */
  isRepeatable(request: OperationRequest, runs: Candidate | null): boolean

  /** Answers a request; throws Refusal for the expected noes. */
  answer(call: Call, request: OperationRequest): Promise<void>
}

/**
 * Carries out operations for one replica. `toEnd` rejects only when the store itself fails: refusals
 * end the operation, faults go to `onFault`, and one that was detached, or taken over, is left as it is.
 */
export function carryOutWith(parts: {
  /** This process, as leases name it. */
  owner: string
  stores: Stores
  within: Within
  notices: NoticeBoard
  sandbox: Sandbox
  packages: Pick<PackageSource, 'lock' | 'facts'>
  watch: Pick<GrantWatch, 'epoch' | 'follow'>
  answers: Answers
  /** Told of each execution that was recorded. */
  executed?: (ran: Ran, outcome: Outcome) => void
  onFault: (fault: unknown) => void
}): CarryOut {
  const { owner, stores, within, notices, sandbox, packages, watch, answers, onFault } = parts
  const executed = parts.executed ?? (() => {})

  async function foresee(request: OperationRequest): Promise<Foreseen | null> {
    const bootId = sandbox.boot
    const { epoch } = watch
    const candidate = bootId === null ? null : await answers.willRun(stores, request)
    if (bootId === null || candidate === null) return null
    return { candidate, dispatch: { bootId, versionId: candidate.version.id }, epoch }
  }

  async function toEnd(operation: Operation, live: LiveOperation, foreseen: Foreseen | null) {
    const { opId, principal, request, requestId } = operation
    let newestSeq = 0
    let hasOutcome = false

    /** Runs `work` and ends the operation as it says, both in one unit of work. */
    const end = async (work: (stores: Stores) => Promise<Ending>): Promise<void> => {
      await live.stored()
      const seq = newestSeq + 1
      const end = await within(async (inside) => {
        const ending = await work(inside)
        const final = finalEvent(seq, ending)
        const heard = live.isAttended()
        if (!(await inside.operations.finish(opId, final, heard))) return abandon()
        if ('whole' in ending && ending.whole !== undefined)
          await inside.operations.keepWhole(opId, ending.whole)
        return { final, heard }
      })
      live.finish(end.final, end.heard)
    }

    const refuseIt = async (problem: Problem): Promise<void> => {
      const final = { type: 'problem' as const, seq: newestSeq + 1, problem }
      const heard = live.isAttended()
      if (await stores.operations.finish(opId, final, heard)) live.finish(final, heard)
    }

    /** What no person has read speaks to nobody: not to a person, nor to the client's model. */
    const nobodyIsAsked = (
      { seq, asks }: Extract<RunNews, { type: 'asks' }>,
      message: string,
    ): void => {
      const error = { code: UNASKED, message }
      const replies = asks.map(({ key }) => ({ key, error }))
      sandbox.reply(opId, { seq, replies }).catch(onFault)
    }

    const noteDispatch = async (versionId: string, refusedBy: string | null) => {
      const bootId = sandbox.boot ?? (await sandbox.health(live.detached.signal)).boot_id
      const dispatch = { bootId, versionId }
      const noted = await stores.operations.setDispatch(opId, dispatch, { owner, refusedBy })
      return noted ? dispatch : abandon()
    }

    const dispatched = async (choose: () => Promise<Candidate>): Promise<Foreseen> => {
      if (foreseen !== null) return foreseen
      const { epoch } = watch
      if (operation.dispatch !== null) {
        const candidate = await stores.tools.candidate(operation.dispatch.versionId)
        if (candidate === null) throw new Error(`version ${operation.dispatch.versionId} is gone`)
        return { candidate, dispatch: operation.dispatch, epoch }
      }
      const candidate = await choose()
      return { candidate, dispatch: await noteDispatch(candidate.version.id, null), epoch }
    }

    const call: Call = {
      opId,
      principal,
      requestId,
      stores,
      finish: (work) => end(async (inside) => ({ result: await work(inside) })),
      by: principalKey(principal),
      doer: doerOf(operation),
      client: request.client,
      analyze: (source) => sandbox.analyze(source, live.detached.signal),
      packageFacts: (asked) => packages.facts([...asked], live.detached.signal),

      until: (awaited) => untilFound(notices, operation, live, awaited),

      async runTests(version, tests) {
        const { cancelled, detached } = live
        const stop = { cancel: cancelled.signal, detach: detached.signal }
        try {
          return await runTests(sandbox, { version, tests, ...stop, onFault })
        } catch (fault) {
          if (fault !== cancelled.signal.reason) throw fault
          throw new Refusal('cancelled', 'The call was cancelled while its tests were run.')
        }
      },

      async lockPackages(pins) {
        // What an earlier owner told of this is told already, under these numbers.
        newestSeq = live.resume(await stores.operations.eventsAfter(opId, 0))
        const news = (message: string) =>
          live.add({ type: 'progress', seq: ++newestSeq, progress: newestSeq, message })
        const signal = AbortSignal.any([live.cancelled.signal, live.detached.signal])
        try {
          return await packages.lock(pins, { news, signal })
        } catch (fault) {
          if (fault !== live.cancelled.signal.reason) throw fault
          throw new Refusal('cancelled', 'The call was cancelled while its packages were chosen.')
        }
      },

      async execute({ kind, choose, conclude, ...given }) {
        const startedAt = new Date()
        if (operation.dispatch === null && live.cancelled.signal.aborted)
          throw new Refusal('cancelled', 'The call was cancelled before it began.')
        const { candidate, dispatch, epoch } = await dispatched(choose)
        const unasked = whyUnasked(kind, candidate)
        const { version } = candidate
        const input =
          typeof given.arguments === 'function' ? given.arguments(version) : given.arguments
        const executeAt = (bootId: string) =>
          execute(
            stores,
            { sandbox, watch },
            {
              opId,
              kind,
              candidate,
              arguments: input,
              deadlineMs: request.deadline_ms,
              bootId,
              sentBefore: operation.dispatch !== null,
              begunAt: operation.createdAt,
              epoch,
              news(news) {
                if (news.seq <= newestSeq) return
                newestSeq = news.seq
                if (unasked !== null && news.type === 'asks') nobodyIsAsked(news, unasked)
                else live.add(news)
              },
              cancel: live.cancelled.signal,
              detach: live.detached.signal,
            },
          )
        let ended = await executeAt(dispatch.bootId)
        if (ended === 'other_boot')
          ended = await executeAt((await noteDispatch(dispatch.versionId, dispatch.bootId)).bootId)
        if (ended === 'other_boot') return sandboxUnreachable()
        const { seq } = ended
        const outcome = keptPromise(ended.outcome, version)
        hasOutcome = true
        newestSeq = Math.max(newestSeq, seq - 1)
        const ran = { kind, version, arguments: input, startedAt }
        await end(async (inside) => {
          await record(inside, operation, ran, outcome)
          return conclude(outcome, { id: opId, version })
        })
        executed(ran, outcome)
      },
    }

    try {
      if (operation.dispatch !== null)
        newestSeq = live.resume(await stores.operations.eventsAfter(opId, 0))
      await answers.answer(call, request)
    } catch (fault) {
      if (fault instanceof Refusal) return refuseIt(fault.problem)
      if (live.detached.signal.aborted || fault instanceof EndedElsewhere) return
      onFault(fault)
      // An outcome that could not be recorded is worth more than a quick end: the lease runs out, and
      // whoever resumes finds the run again, for as long as one can last.
      if (hasOutcome && Date.now() - operation.createdAt.getTime() < LONGEST_CALL_MS) return
      await refuseIt({
        code: 'internal',
        message: `Something in MCPbox failed; its log has the details under request ${requestId}.`,
      })
    }
  }

  return {
    foresee,
    isRepeatable: (request, foreseen) => answers.isRepeatable(request, foreseen?.candidate ?? null),
    toEnd,
  }
}

function finalEvent(seq: number, ending: Ending): NumberedEvent {
  return 'result' in ending
    ? { type: 'result', seq, result: ending.result }
    : { type: 'problem', seq, problem: ending.problem }
}

/** Why a version may ask nobody anything; null when it may. */
function whyUnasked(kind: ExecutionKind, { approved }: Candidate): string | null {
  if (kind === 'trial') return 'a draft under trial asks nobody'
  return approved?.policy === 'pure' ? 'what no person has read asks nobody' : null
}

/** JSON-RPC code of an answer of ours (2.0, internal error). */
const UNASKED = -32603

class EndedElsewhere extends Error {}

function abandon(): never {
  throw new EndedElsewhere('another replica owns or ended this operation')
}
