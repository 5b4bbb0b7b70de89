import { spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { RESULT_BYTES, RESULT_DEPTH, STDOUT_RETURNED_BYTES } from '#contract/limits.ts'
import { type Account, parseAccount } from './account.ts'
import { encodeFrame, frameDecoder, FrameFault } from './frames.ts'
import { boundedOutput, type Output } from './output.ts'
import { killGroup } from './kill-group.ts'

/** What a child says, as its supervisor hears it. Unchecked beyond length, depth and syntax. */
export type Listener = {
  message(message: unknown): void
  fault(fault: FrameFault): void
  /** Bytes so far, on all of the child's channels together. */
  traffic(bytes: number): void
}

export type Child = {
  send(message: object): void
  /** Names who hears the child from now on; messages that came before wait for the first one. */
  listen(listener: Listener): void
  /** SIGKILL to the whole process group. Safe to call again, and after the end. */
  kill(): void
  /** When no process of the group is left and its last output was read. Never rejects. */
  gone: Promise<Gone>
}

export type Gone = { account: Account | null; output: Output; complaint: string }

export const LAUNCHER = fileURLToPath(new URL('../python/launch.py', import.meta.url))
/** A message is `{"type":"result","value":…}` at the longest. */
const FRAME_LIMITS = { bytes: RESULT_BYTES + 64, depth: RESULT_DEPTH + 2 }

/** Starts an interpreter with an empty environment and nothing but its own channels. */
export function startChild(executable: string): Child {
  const started = spawn(executable, ['-I', '-S', '-u', '-X', 'utf8', LAUNCHER], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
  })
  let startError: Error | null = null
  started.on('error', (error) => {
    startError = error
  })
  // Without a descriptor left, Node makes no streams at all (child_process, EMFILE).
  const stdio = started.stdio as unknown as Stdio | undefined
  if (stdio === undefined) throw new Error('no file descriptors are left')
  const [, stdout, stderr, channel, report] = stdio
  const output = boundedOutput()
  const decode = frameDecoder(FRAME_LIMITS)
  const complaint: Buffer[] = []
  const account: Buffer[] = []
  const waiting: ((listener: Listener) => void)[] = []
  let listener: Listener | null = null
  let traffic = 0
  let faulty = false

  function tell(event: (listener: Listener) => void): void {
    if (listener === null) waiting.push(event)
    else event(listener)
  }
  function count(bytes: number): void {
    traffic += bytes
    tell((to) => to.traffic(traffic))
  }
  stdout.on('data', (chunk: Buffer) => {
    output.push(chunk)
    count(chunk.length)
  })
  channel.on('data', (chunk: Buffer) => {
    count(chunk.length)
    if (faulty) return
    try {
      for (const message of decode(chunk)) tell((to) => to.message(message))
    } catch (error) {
      if (!(error instanceof FrameFault)) throw error
      faulty = true
      tell((to) => to.fault(error))
    }
  })
  stderr.on('data', (chunk: Buffer) => {
    if (Buffer.concat(complaint).length < STDOUT_RETURNED_BYTES) complaint.push(chunk)
  })
  report.on('data', (chunk: Buffer) => account.push(chunk))
  // A child that dies while it is written to; its end says why.
  channel.on('error', () => channel.destroy())

  const gone = new Promise<Gone>((resolve) => {
    started.on('close', () => {
      resolve({
        account: parseAccount(Buffer.concat(account)),
        output,
        complaint: startError?.message ?? Buffer.concat(complaint).toString('utf8').trim(),
      })
    })
  })
  return {
    send: (message) => {
      channel.write(encodeFrame(message))
    },
    listen: (next) => {
      listener = next
      for (const event of waiting.splice(0)) event(next)
    },
    kill: () => killGroup(started),
    gone,
  }
}

type Stdio = [null, Readable, Readable, Readable & Writable, Readable]
