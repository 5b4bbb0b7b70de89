import { afterAll, beforeEach, expect, inject, test } from 'vitest'
import { ToolTests } from '#contract/tool-tests.ts'
import { type Opened, openReplicas } from '../../testing/databases.ts'
import { ended, gate, ok, ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { approvedTool, draftedTool } from '../../testing/tools.ts'
import { Refusal } from '../refusal.ts'
import type { Version } from '../tools/version.ts'
import { runTestsAgain, testingAgain } from './run-again.ts'
import { runTests } from './run-tests.ts'
import { testsPass } from './tests-pass.ts'

const replicas = await openReplicas(inject('postgresUrl'))
const { here, there } = replicas
const faults: unknown[] = []
const onFault = (fault: unknown) => void faults.push(fault)
afterAll(() => replicas[Symbol.asyncDispose]())

const TESTS = ToolTests.parse([
  { name: 'a city', input: { city: 'Bern' }, result: { city: 'Bern' } },
])

/** What tools run under; each test has its own, newer than that of the test before. */
let minor = 10
let sandbox = new ScriptedSandbox()
function newerPython(): void {
  sandbox.runtimes = { ...sandbox.runtimes, python: `3.${++minor}.0` }
}
const runtime = () => `python ${sandbox.runtimes.python}`
beforeEach(newerPython)

const again = (opened: Opened = here) =>
  runTestsAgain({ ...opened, sandbox }, { signal: new AbortController().signal, onFault })

/** A live version with tests, and how they went under what runs it now. */
async function liveTested(): Promise<Version> {
  const { version } = await approvedTool(here)
  const { digest } = await here.stores.tests.keep(version.hash, TESTS, 'local')
  const never = new AbortController().signal
  const run = { version, tests: TESTS, cancel: never, detach: never, onFault }
  const report = await runTests(sandbox, run)
  await here.stores.tests.report({ hash: version.hash, digest, runtime: report.runtime }, report)
  return version
}

const failuresOf = async ({ server }: Version) =>
  (await here.stores.activity.page({ action: 'tests.failed' }, { limit: 500 })).filter(
    ({ subject }) => subject.startsWith(server),
  )
const ranFor = ({ hash }: Version) =>
  sandbox.asked.filter(({ request }) => request.version.hash === hash).length

test('what was run under what runs tools now is not run again', async () => {
  const version = await liveTested()
  await again()
  expect(ranFor(version)).toBe(1)
  expect(await testsPass(here.stores, version)).toBe(true)
})

test('under a newer Python the tests of live versions are run again, and no others', async () => {
  const version = await liveTested()
  const { version: drafted } = await draftedTool(here.within)
  await here.stores.tests.keep(drafted.hash, TESTS, 'local')
  newerPython()
  await again()
  expect([ranFor(version), ranFor(drafted)]).toEqual([2, 0])
  expect(await testsPass(here.stores, version)).toBe(true)
  expect(await here.stores.tests.runtime('python')).toBe(runtime())
  expect(await failuresOf(version)).toEqual([])
})

test('until then, nothing passes under the newer one', async () => {
  const version = await liveTested()
  await again()
  newerPython()
  const waiting = gate()
  sandbox.script = waiting.script
  const done = again()
  await waiting.reached
  expect(await testsPass(here.stores, version)).toBe(false)
  sandbox.script = new ScriptedSandbox().script
  waiting.end(ended(ok({ city: 'Bern' })))
  await done
  expect(await testsPass(here.stores, version)).toBe(true)
})

test('one that passed and fails now is told once, whoever finds it', async () => {
  const version = await liveTested()
  const before = runtime()
  newerPython()
  sandbox.script = async () => ended(ok('something else'))
  await Promise.all([again(here), again(there)])
  newerPython()
  await again()
  sandbox.script = new ScriptedSandbox().script
  const told = await failuresOf(version)
  expect(told).toMatchObject([
    {
      actor: 'mcpbox',
      subject: `${version.server}__${version.tool}`,
      details: { hash: version.hash, before, failed: ['a city'] },
    },
  ])
  expect(await testsPass(here.stores, version)).toBe(false)
})

test('a sandbox that goes away ends it quietly, and the next start goes on', async () => {
  const version = await liveTested()
  newerPython()
  sandbox.script = async () => {
    throw new Refusal('sandbox_unreachable', 'It is away.')
  }
  await again()
  expect(await testsPass(here.stores, version)).toBe(false)
  sandbox.script = new ScriptedSandbox().script
  await again()
  expect(await testsPass(here.stores, version)).toBe(true)
})

test('stopping leaves nothing under way', async () => {
  const version = await liveTested()
  newerPython()
  const waiting = gate()
  sandbox.script = (run) =>
    new Promise((_, reject) => {
      void waiting.script(run)
      run.detach.addEventListener('abort', () => reject(run.detach.reason as Error))
    })
  const testing = testingAgain({ ...here, sandbox }, onFault)
  await waiting.reached
  await testing[Symbol.asyncDispose]()
  expect(await testsPass(here.stores, version)).toBe(false)
  sandbox = new ScriptedSandbox()
})

test('nothing of all this was a fault of MCPbox', () => {
  expect(faults).toEqual([])
})
