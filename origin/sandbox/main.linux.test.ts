import type { ChildProcess } from 'node:child_process'
import { access } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { orphans } from './testing/orphans.ts'
import { machine } from './testing/sandbox.ts'
import { events, healthOf, MAIN, order, startProcess } from './testing/process.ts'

const ORDINARY_USER = 1000
const LOOP = 'def main():\n  ctx.log("here")\n  while True: pass'

/** Reads until the tool has spoken once, then leaves. */
async function untilItRuns(response: Response): Promise<void> {
  const reader = response.body!.getReader()
  await reader.read()
  await reader.cancel()
}

const canOrdinaryUserRead = await access(MAIN).then(
  () => process.getuid?.() === 0 && !MAIN.startsWith('/root/'),
)

describe('the sandbox as a process', () => {
  it.each([
    [{ SANDBOX_API_KEY: 'short' }, 'SANDBOX_API_KEY is too short'],
    [{ MCPBOX_PYTHON: '/nowhere/python3' }, '/nowhere/python3 does not exist; install Python 3.11'],
    [{ MCPBOX_PYTHON: '/bin/true' }, '/bin/true does not start'],
    [{ MCPBOX_SANDBOX_MIN: 'S0' }, 'MCPBOX_SANDBOX_MIN is not one of S4, S3, S2, S1'],
    [
      { MCPBOX_SANDBOX_MIN: 'S4' },
      machine.asRoot
        ? 'cannot form isolation level S4. cgroup_limits: no control group was given; name in SANDBOX_CGROUP'
        : 'cannot form isolation level S4. call_uid: the sandbox was not started by root; start the sandbox as root',
    ],
  ])('refuses to start with %o and says why', async (env, sentence) => {
    await using sandbox = await startProcess(env)
    expect(await sandbox.exited).toEqual([1, null])
    expect(sandbox.first).toBeNull()
    expect(sandbox.complaint()).toContain(sentence)
    expect(sandbox.complaint()).not.toContain('    at ')
  })

  it.each([
    { user: 'the user of the tests', uid: undefined },
    ...(canOrdinaryUserRead ? [{ user: 'an ordinary user', uid: ORDINARY_USER }] : []),
  ])('runs a tool as $user and says how it is isolated', async ({ uid }) => {
    await using sandbox = await startProcess({}, uid === undefined ? {} : { uid })
    const health = await healthOf(sandbox)
    expect(JSON.parse(sandbox.first!)).toMatchObject({ isolation: health.isolation })
    const [ended] = await events(
      await sandbox.ask('/runs', await order(sandbox, 'def main(): return 1')),
    )
    expect(ended).toMatchObject({ outcome: { kind: 'ok', value: 1, isolation: health.isolation } })
  })

  it('keeps a run whose reader has gone, attaches the next one, and ends it when told', async () => {
    await using sandbox = await startProcess({})
    await untilItRuns(await sandbox.ask('/runs', await order(sandbox, LOOP)))
    const again = sandbox.ask('/runs', await order(sandbox, LOOP))
    expect(await (await sandbox.ask('/health')).json()).toMatchObject({ running: 1 })
    expect((await sandbox.ask('/runs/a', { method: 'DELETE' })).status).toBe(204)
    expect(await events(await again)).toMatchObject([
      { type: 'log', seq: 1, data: 'here' },
      { type: 'outcome', seq: 2, outcome: { kind: 'killed', reason: 'cancelled' } },
    ])
    expect(await events(await sandbox.ask('/runs/a/events?after=1'))).toMatchObject([{ seq: 2 }])
  })

  it.each([
    ['asked to stop', (child: ChildProcess) => child.kill('SIGTERM')],
    ['left by its parent', (child: ChildProcess) => child.stdin!.end()],
    ['killed', (child: ChildProcess) => child.kill('SIGKILL')],
  ])('leaves nobody behind when it is %s', async (_, end) => {
    await using sandbox = await startProcess({ SANDBOX_EXIT_WITH_PARENT: '1' })
    await untilItRuns(await sandbox.ask('/runs', await order(sandbox, LOOP)))
    end(sandbox.child)
    await sandbox.exited
    await expect.poll(orphans, { timeout: 10_000 }).toEqual([])
  })
})
