import { wireName } from '#contract/names.ts'
import { UNSEEN } from '../activity.ts'
import { Refusal } from '../refusal.ts'
import type { Sandbox } from '../sandbox.ts'
import type { Stores, Within } from '../stores.ts'
import { noteRuntimes } from './runtime.ts'
import { runTests } from './run-tests.ts'

/** Live versions whose tests are looked at after one start; the others wait for the next. */
const MOST_AT_A_START = 1_000

interface Parts {
  stores: Stores
  within: Within
  sandbox: Pick<Sandbox, 'health' | 'run' | 'reply'>
}

/** Begins {@link runTestsAgain}, which ends with what this gives, and leaves nothing under way. */
export function testingAgain(parts: Parts, onFault: (fault: unknown) => void): AsyncDisposable {
  const stop = new AbortController()
  const done = runTestsAgain(parts, { signal: stop.signal, onFault })
  return {
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('shutting down'))
      await done
    },
  }
}

/**
 * Runs the tests of live versions again that have no report under what the sandbox runs tools with now:
 * one at a time, in the background of everything else. A version that passed before and fails now is
 * told in the log of activity, once. Ends quietly when the sandbox goes away: the next start goes on.
 */
export async function runTestsAgain(
  parts: Parts,
  { signal, onFault }: { signal: AbortSignal; onFault: (fault: unknown) => void },
): Promise<void> {
  const { stores, within, sandbox } = parts
  try {
    await noteRuntimes(stores, (await sandbox.health(signal)).runtimes)
    for (const versionId of (await stores.tests.liveTested()).slice(0, MOST_AT_A_START)) {
      signal.throwIfAborted()
      await again(versionId)
    }
  } catch (fault) {
    if (!signal.aborted && !(fault instanceof Refusal)) onFault(fault)
  }

  async function again(versionId: string): Promise<void> {
    const version = await stores.tools.version(versionId)
    const kept = version === null ? null : await stores.tests.of(version.hash)
    const runtime = version === null ? null : await stores.tests.runtime(version.language)
    if (version === null || kept === null || runtime === null) return
    const about = { hash: version.hash, digest: kept.digest, runtime }
    if ((await stores.tests.reported(about)) !== null) return
    const before = await stores.tests.newestReport(about)
    const run = { version, tests: kept.tests, cancel: signal, detach: signal, onFault }
    const report = await runTests(sandbox, run)
    await within(async ({ tests, tools, activity }) => {
      await tools.lock(version.toolId)
      const isFirst = (await tests.reported({ ...about, runtime: report.runtime })) === null
      await tests.report({ ...about, runtime: report.runtime }, report)
      if (!isFirst || report.passed || before?.passed !== true) return
      const failed = report.cases.filter(({ passed }) => !passed).map(({ name }) => name)
      await activity.record({
        ...UNSEEN,
        actor: 'mcpbox',
        action: 'tests.failed',
        subject: wireName(version.server, version.tool),
        details: { hash: version.hash, before: before.runtime, now: report.runtime, failed },
      })
    })
  }
}
