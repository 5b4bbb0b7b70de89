import { isDeepStrictEqual } from 'node:util'
import { EMPTY_MANIFEST } from '#contract/manifest.ts'
import type { RunRequest } from '#contract/sandbox.ts'
import type { Kept } from '../kept.ts'
import type { World } from '../world.ts'
import { holds } from './broken.ts'

/**
 * Whatever ran for a call was, letter for letter, what an admin had seen and approved, and live: when
 * the run began, or, where it was replaced at that moment, when the call could be accepted. Nothing ran
 * twice. What ran for a trial got nothing. No execution ended well that did not run.
 */
export function approvedRuns({ sandbox, ledger, liveBefore }: World, kept: Kept): void {
  const runs = new Map(sandbox.begun.map((begun) => [begun.request.run_id, begun]))
  holds(runs.size === sandbox.begun.length, 'an operation was run twice')
  const approved = new Set(
    kept.approvals.filter(({ state }) => state === 'approved').map(({ hash }) => hash),
  )
  for (const [id, { request, live }] of runs) {
    if (ledger.judged.has(id)) continue
    ledger.judged.add(id)
    if (ledger.trials.has(id)) {
      const gets = [request.version.manifest, request.secrets, request.bound_secrets]
      holds(isDeepStrictEqual(gets, [EMPTY_MANIFEST, {}, []]), 'a trial got something')
      continue
    }
    const { hash } = request.version
    holds(approved.has(hash), `nobody approved the version ${hash} that ran`)
    holds(live.has(hash) || liveBefore.has(hash), `the version ${hash} ran while it was not live`)
    holds(isWhatWasSeen(request, ledger), `what ran is not the text that was approved as ${hash}`)
  }
  for (const { id, kind, outcome, hash } of kept.executions) {
    if (outcome === 'ok' || outcome === 'failed')
      holds(runs.get(id)?.request.version.hash === hash, `execution ${id} is of something else`)
    if (kind === 'call') holds(approved.has(hash), `execution ${id} is of what nobody approved`)
  }
  for (const id of ledger.ran)
    holds(
      kept.executions.some((execution) => execution.id === id),
      `no execution is kept of operation ${id}, which was answered`,
    )
}

function isWhatWasSeen({ version, secrets }: RunRequest, ledger: World['ledger']): boolean {
  const seen = ledger.shownTexts.get(version.hash)
  return (
    seen !== undefined &&
    ledger.wished.has(version.hash) &&
    isDeepStrictEqual(
      [version.code, version.language, version.manifest, version.module_lock],
      [seen.code, seen.language, seen.manifest, seen.module_lock],
    ) &&
    Object.keys(secrets).every((name) => (seen.manifest.secrets as string[]).includes(name))
  )
}
