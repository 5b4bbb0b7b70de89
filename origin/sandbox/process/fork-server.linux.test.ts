import { EMPTY_MANIFEST } from '#contract/manifest.ts'
import { access } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { ModuleName } from '#contract/names.ts'
import type { RunRequest } from '#contract/sandbox.ts'
import { NOBODY, runConfined } from '../calls/run.ts'
import { USUAL_LIMITS } from '../levels/prove.ts'
import { formableLevels, machine } from '../testing/sandbox.ts'
import { zygotes } from '../testing/zygotes.ts'
import { openDoor } from './door.ts'
import { type Circumstances, forkServer } from './fork-server.ts'
import { identityOf } from './plan.ts'

const LOOP = 'def main():\n  ctx.log("here")\n  while True: pass'
const ONE = 'def main(): return 1'

function requestOf(code: string, modules: string[] = []): RunRequest {
  const names = modules.map((name) => ModuleName.parse(name))
  const manifest = { ...EMPTY_MANIFEST, modules: names }
  const version = { hash: 'h', language: 'python' as const, code, manifest, module_lock: null }
  return {
    run_id: 'a',
    version,
    input: {},
    secrets: {},
    bound_secrets: [],
    withdrawals: [],
    answered_by: 'network',
    limits: USUAL_LIMITS,
  }
}

describe.each(formableLevels)('the fork server at %s', (level) => {
  function started(circumstances: Circumstances = {}) {
    const server = forkServer({ ...machine, level }, circumstances)
    const run = runConfined(server)
    return {
      call: (code: string, modules?: string[], signal = new AbortController().signal) =>
        run(requestOf(code, modules), NOBODY, signal),
      /** A call without end, once its tool has spoken. */
      async endless() {
        const stop = new AbortController()
        const spoken = Promise.withResolvers<void>()
        const outcome = run(
          requestOf(LOOP),
          { ...NOBODY, onEvent: () => spoken.resolve() },
          stop.signal,
        )
        await spoken.promise
        return { outcome, stop }
      },
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    }
  }
  it('is one for many calls, and none before the first', async () => {
    await using server = started()
    expect(await zygotes()).toEqual([])
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => server.call(ONE)))
    expect(outcomes.filter(({ kind }) => kind === 'ok')).toHaveLength(20)
    expect(await zygotes()).toHaveLength(1)
  })

  it('takes with it the calls that it serves when it dies, and only those', async () => {
    await using server = started()
    const { outcome } = await server.endless()
    const [first] = await zygotes()
    process.kill(first!, 'SIGKILL')
    expect(await outcome).toMatchObject({
      kind: 'killed',
      reason: 'sandbox_lost',
      message: expect.stringContaining('run it again') as string,
    })
    expect(await server.call(ONE)).toMatchObject({ kind: 'ok', value: 1 })
    expect(await zygotes()).not.toContain(first)
  })

  it('is killed with all its children when it does not obey', async () => {
    await using server = started()
    const { outcome, stop } = await server.endless()
    const [first] = await zygotes()
    process.kill(-first!, 'SIGSTOP')
    stop.abort()
    expect(await outcome).toMatchObject({ kind: 'killed', reason: 'cancelled' })
    expect(await server.call(ONE)).toMatchObject({ kind: 'ok', value: 1 })
  })

  it('is replaced after an attack on it, beside the calls that it still serves', async () => {
    await using server = started()
    const { outcome, stop } = await server.endless()
    const [first] = await zygotes()
    const crash = 'import ctypes\ndef main(): ctypes.string_at(0)'
    expect(await server.call(crash, ['ctypes'])).toMatchObject({ reason: 'crashed' })
    expect(await server.call(ONE)).toMatchObject({ kind: 'ok' })
    await expect.poll(zygotes).toHaveLength(2)
    stop.abort()
    expect(await outcome).toMatchObject({ reason: 'cancelled' })
    await expect.poll(zygotes).not.toContain(first)
    expect(await server.call(ONE)).toMatchObject({ kind: 'ok' })
  })

  it('is replaced when it is old', async () => {
    let time = 0
    await using server = started({ now: () => time })
    await server.call(ONE)
    const [first] = await zygotes()
    time += 31 * 60_000
    await server.call(ONE)
    await expect.poll(zygotes).not.toContain(first)
    expect(await server.call(ONE)).toMatchObject({ kind: 'ok' })
  })

  it('is replaced when it has made enough children', async () => {
    await using server = started({ mostChildren: 4 })
    await server.call(ONE)
    const [first] = await zygotes()
    for (let call = 0; call < 4; call++) {
      expect(await server.call(ONE)).toMatchObject({ kind: 'ok', value: 1 })
    }
    await expect.poll(zygotes).not.toContain(first)
    expect(await server.call(ONE)).toMatchObject({ kind: 'ok', value: 1 })
  })

  it('rests when nobody calls, after the calls that it serves, and wakes for the next', async () => {
    await using server = started({ idleMs: 20 })
    const { outcome, stop } = await server.endless()
    const [first] = await zygotes()
    expect(await server.call(ONE)).toMatchObject({ kind: 'ok', value: 1 })
    stop.abort()
    expect(await outcome).toMatchObject({ reason: 'cancelled' })
    await expect.poll(zygotes).not.toContain(first)
    expect(await server.call(ONE)).toMatchObject({ kind: 'ok', value: 1 })
    await expect.poll(zygotes).toEqual([])
  })

  it('is not taken for one that does not obey when the supervisor itself was busy', async () => {
    await using server = started()
    const innocent = await server.endless()
    const { outcome, stop } = await server.endless()
    const before = await zygotes()
    stop.abort()
    await setImmediate()
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000)
    expect(await outcome).toMatchObject({ reason: 'cancelled' })
    expect(await zygotes()).toEqual(before)
    innocent.stop.abort()
    expect(await innocent.outcome).toMatchObject({ reason: 'cancelled' })
  })

  it('has what a manifest names, wherever its files are', async () => {
    await using server = started()
    const code = 'import sqlite3\ndef main(): return sqlite3.connect(":memory:").total_changes'
    expect(await server.call(code, ['sqlite3'])).toMatchObject({ kind: 'ok', value: 0 })
  })

  it('leaves no process when it is told to end', async () => {
    const server = started()
    await server.call(ONE)
    await server[Symbol.asyncDispose]()
    expect(await zygotes()).toEqual([])
  })

  it('gives every child its own chance', async () => {
    await using server = started()
    const code = 'import random\ndef main(): return random.random()'
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => server.call(code)))
    const values = outcomes.map((outcome) => (outcome.kind === 'ok' ? outcome.value : null))
    expect(new Set(values).size).toBe(10)
  })

  it('gives every child an event loop that only it can wake', async () => {
    await using server = started()
    const code = `import asyncio, os
async def main():
  loop, woken = asyncio.get_running_loop(), asyncio.Event()
  await asyncio.to_thread(loop.call_soon_threadsafe, woken.set)
  await woken.wait()
  return [os.fstat(end.fileno()).st_ino for end in (loop._ssock, loop._csock)]`
    const ends = new Set<unknown>()
    for (let call = 0; call < 3; call++) {
      const outcome = await server.call(code, ['os'])
      if (outcome.kind === 'ok') for (const end of outcome.value as number[]) ends.add(end)
    }
    expect(ends.size).toBe(6)
  })
})

describe('the door to the supervisor', () => {
  it('is gone with the supervisor', async () => {
    const door = await openDoor(identityOf(machine))
    await access(door.folder)
    await door[Symbol.asyncDispose]()
    await expect(access(door.folder)).rejects.toThrow('ENOENT')
  })
})
