import type { Socket } from 'node:net'
import { CONTENT_BYTES, RESULT_BYTES, RESULT_DEPTH } from '#contract/limits.ts'
import type { Account } from './account.ts'
import type { Guest } from './door.ts'
import { encodeFrame, frameDecoder, FrameFault } from './frames.ts'
import { LARGE_MESSAGES } from './flood.ts'
import { boundedOutput, type Output } from './output.ts'

/** What a child says, as its supervisor hears it. Unchecked beyond length, depth and syntax. */
export type Listener = {
  /** With the bytes that it had on the channel. */
  message(message: unknown, bytes: number): void
  fault(fault: FrameFault): void
  /** Bytes so far, on all of the child's channels together. */
  traffic(bytes: number): void
}

export type Child = {
  /** `taken` is called when the kernel has the message, or the child is gone. */
  send(message: object, taken?: () => void): void
  /** Names who hears the child from now on; messages that came before wait for the first one. */
  listen(listener: Listener): void
  /** Reads nothing more of what the child says; what it prints is still taken. */
  stopListening(): void
  output: Output
  /** When the child can print no more. */
  silent: Promise<void>
  /** SIGKILL. Safe to call again, and after the end. */
  kill(): void
  /** When the process has ended and its last words were read. Never rejects. */
  gone: Promise<End>
}

/** `lost` says why there is no account. */
export type End = { account: Account } | { account: null; lost: string }

/** The side of a child that the fork server plays: connections and the end. */
export type Midwife = { child: Child; arrives: Guest; ends(end: End): void }

/** A message is `{"type":"result","value":…,"content":[…]}` at the longest. */
const FRAME_LIMITS = {
  bytes: RESULT_BYTES + CONTENT_BYTES + 64,
  depth: RESULT_DEPTH + 3,
  large: LARGE_MESSAGES,
}
/** How long the sockets of an ended process may take to say so before they are cut. */
const LINGER_MS = 2_000

/** A child that was ordered and is not there yet. */
export function expectChild(kill: () => void): Midwife {
  const output = boundedOutput()
  const decode = frameDecoder(FRAME_LIMITS)
  const waiting: ((listener: Listener) => void)[] = []
  const sockets = new Map<'P' | 'T', Socket>()
  const read: Promise<void>[] = []
  const silent = Promise.withResolvers<void>()
  const gone = Promise.withResolvers<End>()
  let listener: Listener | null = null
  let traffic = 0
  let deaf = false
  let over = false

  function tell(event: (listener: Listener) => void): void {
    if (listener === null) waiting.push(event)
    else event(listener)
  }
  function count(bytes: number): void {
    traffic += bytes
    tell((to) => to.traffic(traffic))
  }
  function printed(chunk: Buffer): void {
    output.push(chunk)
    count(chunk.length)
  }
  function said(chunk: Buffer): void {
    count(chunk.length)
    if (deaf) return
    try {
      for (const { message, bytes } of decode(chunk)) tell((to) => to.message(message, bytes))
    } catch (error) {
      if (!(error instanceof FrameFault)) throw error
      deaf = true
      tell((to) => to.fault(error))
    }
  }

  async function settle(end: End): Promise<void> {
    const cut = setTimeout(() => sockets.forEach((socket) => socket.destroy()), LINGER_MS)
    await Promise.all(read)
    clearTimeout(cut)
    for (const socket of sockets.values()) socket.destroy()
    silent.resolve()
    gone.resolve(end)
  }

  return {
    arrives(purpose, socket, rest) {
      if (over || sockets.has(purpose)) {
        socket.destroy()
        return
      }
      sockets.set(purpose, socket)
      const end = Promise.withResolvers<void>()
      socket.once('end', end.resolve).once('close', end.resolve)
      read.push(end.promise)
      const hear = purpose === 'P' ? printed : said
      if (rest.length > 0) hear(rest)
      socket.on('data', hear)
      if (purpose === 'P') void end.promise.then(silent.resolve)
    },
    ends(end) {
      if (over) return
      over = true
      void settle(end)
    },
    child: {
      send: (message, taken) => {
        sockets.get('T')?.write(encodeFrame(message), taken)
      },
      listen: (next) => {
        listener = next
        for (const event of waiting.splice(0)) event(next)
      },
      stopListening: () => {
        deaf = true
      },
      output,
      silent: silent.promise,
      kill: () => {
        if (!over) kill()
      },
      gone: gone.promise,
    },
  }
}
