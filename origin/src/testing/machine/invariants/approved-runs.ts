import { isDeepStrictEqual } from 'node:util'
import type { RunRequest } from '#contract/sandbox.ts'
import type { Kept } from '../kept.ts'
import type { Ledger } from '../ledger.ts'
import type { Begun } from '../stand-in-sandbox.ts'
import { linesOf, mayRun } from '../standing.ts'
import type { World } from '../world.ts'
import { holds } from './broken.ts'

/**
 * Whatever ran for a call was, letter for letter, what was approved, by an admin who had seen it or by a
 * rule, and might run, with every line in force: when the run began, or, where something was changed at
 * that moment, when the call could be accepted. Nothing ran twice. What ran for a trial got what stood
 * permitted, and no secret; what ran for a test, no network. No execution ended well that did not run.
 */
export function approvedRuns({ sandbox, ledger, before }: World, kept: Kept): void {
  const runs = new Map(sandbox.begun.map((begun) => [begun.request.run_id, begun]))
  holds(runs.size === sandbox.begun.length, 'an operation was run twice')
  for (const [id, begun] of runs) {
    if (ledger.judged.has(id)) continue
    ledger.judged.add(id)
    const { request } = begun
    if (request.answered_by !== 'network') {
      const given = JSON.stringify([request.secrets, request.bound_secrets])
      const told = [...ledger.hidden].find((value) => given.includes(JSON.stringify(value)))
      holds(told === undefined, 'a test got a secret')
    } else if (ledger.trials.has(id)) assertPermitted(begun, ledger)
    else {
      const { hash } = request.version
      const at = begun.standings.filter((one) => one.hash === hash)
      const then = before.filter((one) => one.hash === hash)
      const standing = at.find(mayRun) ?? then.find(mayRun)
      holds(
        at.some(({ approved }) => approved),
        `nobody approved the version ${hash} that ran`,
      )
      holds(standing !== undefined, `the version ${hash} ran when it must not any more`)
      holds(
        isWhatWasWritten(begun, ledger) &&
          (standing.policy !== null || isWhatWasSeen(request, ledger)),
        `what ran is not the text that was approved as ${hash}`,
      )
    }
  }
  const versions = new Map(kept.versions.map((version) => [version.id, version]))
  for (const { id, kind, outcome, hash, version } of kept.executions) {
    if (outcome === 'ok' || outcome === 'failed')
      holds(runs.get(id)?.request.version.hash === hash, `execution ${id} is of something else`)
    if (kind === 'call')
      holds(versions.get(version)?.approved === true, `execution ${id} is of what nobody approved`)
  }
  for (const id of ledger.ran)
    holds(
      kept.executions.some((execution) => execution.id === id),
      `no execution is kept of operation ${id}, which was answered`,
    )
}

function assertPermitted({ request, standings }: Begun, ledger: Ledger): void {
  const { version, secrets, bound_secrets: bound } = request
  const lines = linesOf(version.manifest)
  holds(isDeepStrictEqual([secrets, bound], [{}, []]), 'a trial got a secret')
  const of = standings.filter(({ hash, deleted }) => hash === version.hash && !deleted)
  holds(
    lines.length === 0 ||
      of.some(({ permitted }) => lines.every((line) => permitted.includes(line))),
    `a trial got what nobody permitted: ${lines.join()}`,
  )
  if (lines.length > 0) ledger.reached.permitted += 1
}

/** A run that was sent again after a crash goes on without what was taken from it meanwhile. */
function isWhatWasWritten({ request: { version }, standings }: Begun, ledger: Ledger): boolean {
  const written = ledger.written.get(version.hash)
  if (written === undefined || version.code !== written.code) return false
  const lines = linesOf(version.manifest)
  const lost = written.lines.filter((line) => !lines.includes(line))
  const held = standings.filter(({ hash }) => hash === version.hash).flatMap((one) => one.in_force)
  return (
    lines.every((line) => written.lines.includes(line)) &&
    lost.every((line) => !held.includes(line))
  )
}

function isWhatWasSeen({ version, secrets }: RunRequest, ledger: Ledger): boolean {
  const seen = ledger.shownTexts.get(version.hash)
  return (
    seen !== undefined &&
    ledger.wished.has(version.hash) &&
    isDeepStrictEqual(
      [version.code, version.language, version.module_lock],
      [seen.code, seen.language, seen.module_lock],
    ) &&
    isDeepStrictEqual(linesOf(seen.manifest), ledger.written.get(version.hash)?.lines) &&
    Object.keys(secrets).every((name) => (version.manifest.secrets as string[]).includes(name))
  )
}
