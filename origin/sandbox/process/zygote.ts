import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { Language } from '#contract/sandbox.ts'
import { Account } from './account.ts'
import { CALL_ID_SUPPLY } from './call-ids.ts'
import { type Child, type End, expectChild, type Midwife } from './child.ts'
import type { Door } from './door.ts'
import { encodeFrame, frameDecoder } from './frames.ts'
import { killGroup } from './kill-group.ts'
import { NotConfined } from './not-confined.ts'
import { type ChildLimits, orderFor, type Plan } from './plan.ts'

/** One fork server: a confined interpreter that makes single-use children and never runs code. */
export type Zygote = {
  /** Orders a child. It is given nothing before it has been greeted. */
  order(limits: ChildLimits, modules: readonly string[], language: Language): Child
  /** How many children were ordered, and how many of them have not ended. */
  ordered(): number
  living(): number
  /** When no child is left, for now. */
  drained(): Promise<void>
  /** Signals that ended children, with the count of each. */
  ends: ReadonlyMap<number, number>
  /** Kills it and, with it, every child. Safe to call again. */
  end(): void
  lost(): boolean
  /** When it and all its children have ended. Never rejects. */
  gone: Promise<void>
}

export const LAUNCHER = fileURLToPath(new URL('../python/launch.py', import.meta.url))

const Report = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('unconfined'), layer: z.string(), reason: z.string() }),
  z.object({ type: z.literal('unborn'), key: z.string(), reason: z.string() }),
  z.object({ type: z.literal('ended'), key: z.string(), account: Account }),
])
type Report = z.infer<typeof Report>

const REPORT_LIMITS = { bytes: 10_000, depth: 4 }
const READY_DEADLINE_MS = 20_000
/**
 * A fork server that takes longer than this to kill a child is itself killed, and every call in it
 * is lost: longer, therefore, than a healthy one waits for a turn on a machine with too much to do.
 */
const KILL_DEADLINE_MS = 5000
const COMPLAINT_BYTES = 10_000
const LOST = 'the process was lost together with its fork server'
const NO_ID = 'no process: every user that calls can be is taken'

/** Starts a fork server; resolves when it takes orders, rejects with NotConfined. */
export async function startZygote(
  executable: string,
  plan: Plan,
  door: Door,
  launcher: string = LAUNCHER,
): Promise<Zygote> {
  const { started, control, complaint } = launch(executable, launcher)
  const children = new Map<string, Midwife>()
  const ends = new Map<number, number>()
  const decode = frameDecoder(REPORT_LIMITS)
  const waiting: (() => void)[] = []
  const ready = Promise.withResolvers<void>()
  let ordered = 0
  let lost = false

  function end(): void {
    lost = true
    killGroup(started)
    control.destroy()
  }
  function finish(key: string, how: End): void {
    const midwife = children.get(key)
    if (midwife === undefined) return
    const signal = how.account?.signal ?? null
    if (signal !== null) ends.set(signal, (ends.get(signal) ?? 0) + 1)
    children.delete(key)
    door.forget(key)
    midwife.ends(how)
    if (children.size === 0) for (const wake of waiting.splice(0)) wake()
  }
  function hear(report: Report): void {
    switch (report.type) {
      case 'ready':
        ready.resolve()
        break
      case 'unconfined':
        ready.reject(new NotConfined(report.layer, report.reason))
        break
      case 'unborn':
        finish(report.key, { account: null, lost: `no process: ${report.reason}` })
        break
      case 'ended':
        finish(report.key, { account: report.account })
    }
  }
  /** Behind what has arrived by now: a supervisor that was busy itself hears of an end late. */
  function endUnlessDone(key: string): void {
    if (children.has(key)) end()
  }
  function kill(key: string): void {
    if (lost) return
    control.write(encodeFrame({ type: 'kill', key }))
    const late = setTimeout(() => setImmediate(endUnlessDone, key), KILL_DEADLINE_MS)
    void children.get(key)?.child.gone.then(() => clearTimeout(late))
  }

  control.on('data', (chunk: Buffer) => {
    for (const { message } of decode(chunk)) hear(Report.parse(message))
  })
  control.on('error', end)
  control.on('close', end)
  const closed = new Promise<void>((resolve) => started.on('close', () => resolve()))
  async function seeOff(): Promise<void> {
    await closed
    lost = true
    const ending = [...children.values()].map(({ child }) => child.gone)
    for (const key of children.keys()) finish(key, { account: null, lost: LOST })
    await Promise.all(ending)
  }
  const gone = seeOff()
  void closed.then(() => ready.reject(new NotConfined('start', endOf(complaint()))))
  const late = new NotConfined('start', `it was not ready after ${READY_DEADLINE_MS} ms`)
  const timer = setTimeout(() => ready.reject(late), READY_DEADLINE_MS)
  control.write(encodeFrame(plan))
  try {
    await ready.promise
  } catch (error) {
    end()
    await closed
    throw error
  } finally {
    clearTimeout(timer)
  }

  return {
    order(limits, modules, language) {
      const key = randomUUID().replaceAll('-', '')
      const midwife = expectChild(() => kill(key))
      ordered++
      const identity = plan.call_ids === null ? null : CALL_ID_SUPPLY.take()
      if (lost || (identity === null && plan.call_ids !== null)) {
        if (identity !== null) CALL_ID_SUPPLY.giveBack(identity)
        midwife.ends({ account: null, lost: lost ? LOST : NO_ID })
        return midwife.child
      }
      if (identity !== null) {
        void midwife.child.gone.then(() => CALL_ID_SUPPLY.giveBack(identity))
      }
      children.set(key, midwife)
      door.expect(key, midwife.arrives)
      control.write(encodeFrame(orderFor({ key, limits, modules, identity, language })))
      return midwife.child
    },
    ordered: () => ordered,
    living: () => children.size,
    drained: () =>
      children.size === 0
        ? Promise.resolve()
        : new Promise<void>((resolve) => waiting.push(resolve)),
    ends,
    end,
    lost: () => lost,
    gone,
  }
}

type Launched = { started: ChildProcess; control: Duplex; complaint: () => string }

/** An interpreter with an empty environment and nothing but its control channel. */
function launch(executable: string, launcher: string): Launched {
  const started = spawn(executable, ['-I', '-S', '-u', '-X', 'utf8', launcher], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  })
  let startError: Error | null = null
  started.on('error', (error) => {
    startError = error
  })
  // Without a descriptor left, Node makes no streams at all (child_process, EMFILE).
  if (started.stdio === undefined) {
    throw new NotConfined('start', 'no file descriptors are left')
  }
  const complaint: Buffer[] = []
  let complained = 0
  started.stderr?.on('data', (chunk: Buffer) => {
    complained += chunk.length
    if (complained <= COMPLAINT_BYTES) complaint.push(chunk)
  })
  return {
    started,
    control: started.stdio[3] as Duplex,
    complaint: () => startError?.message ?? Buffer.concat(complaint).toString('utf8').trim(),
  }
}

function endOf(complaint: string): string {
  const last = complaint.split('\n').at(-1)
  return last ? `it ended: ${last}` : 'it ended without a word'
}
