import { once } from 'node:events'
import { chmod, chown, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What a child connects for: P, what it prints; T, what it and the supervisor talk. */
export type Purpose = 'P' | 'T'

/** `rest` are the bytes that came right behind the word at the door. */
export type Guest = (purpose: Purpose, socket: Socket, rest: Buffer) => void

export type Door = AsyncDisposable & {
  folder: string
  /** Lets the child of this key in, until told otherwise. */
  expect(key: string, guest: Guest): void
  forget(key: string): void
}

/** As a child says it (python/inside/birth.py): one letter, then the key. */
const KEY_CHARS = 32
const WORD_CHARS = 1 + KEY_CHARS
const WORD_DEADLINE_MS = 10_000

const PREFIX = 'mcpbox-sandbox-'
const DOOR = 'door'
/** Younger folders may belong to a supervisor that is about to listen. */
const ABANDONED_AFTER_MS = 60_000

/**
 * A unix socket in a folder that only the owner of confined processes may enter. Children connect
 * before they are confined, and show the key that they were ordered with; whoever shows none, or
 * one that nobody waits for, is cut off.
 */
export async function openDoor(identity: number | null): Promise<Door> {
  await removeAbandoned()
  const folder = await mkdtemp(join(tmpdir(), PREFIX))
  const path = join(folder, DOOR)
  const guests = new Map<string, Guest>()
  // A child that ends what it prints is not to be answered with an end before its call is over.
  const server = createServer({ allowHalfOpen: true }, (socket) => admit(socket, guests))
  try {
    server.listen({ path, backlog: 128 })
    await once(server, 'listening')
    await chmod(path, 0o600)
    if (identity !== null) {
      await chown(path, identity, identity)
      await chown(folder, identity, identity)
    }
  } catch (error) {
    await close(server, folder)
    throw error
  }
  return {
    folder,
    expect: (key, guest) => guests.set(key, guest),
    forget: (key) => guests.delete(key),
    [Symbol.asyncDispose]: () => close(server, folder),
  }
}

async function close(server: Server, folder: string): Promise<void> {
  server.close()
  await rm(folder, { recursive: true, force: true })
}

/** Removes the folders of supervisors that were killed: those with a door and nobody behind it. */
async function removeAbandoned(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(PREFIX))
  const folders = names.map((name) => join(tmpdir(), name))
  await Promise.all(
    folders.map(async (folder) => {
      if (await isAbandoned(folder)) await rm(folder, { recursive: true, force: true })
    }),
  )
}

async function isAbandoned(folder: string): Promise<boolean> {
  const socket = connect(join(folder, DOOR))
  try {
    await once(socket, 'connect')
    return false
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code !== 'ECONNREFUSED') return false // it is another user's, or just gone
    const { mtimeMs } = await stat(folder)
    return mtimeMs < Date.now() - ABANDONED_AFTER_MS
  } finally {
    socket.destroy()
  }
}

function admit(socket: Socket, guests: ReadonlyMap<string, Guest>): void {
  const parts: Buffer[] = []
  let held = 0
  function listen(chunk: Buffer): void {
    parts.push(chunk)
    held += chunk.length
    if (held < WORD_CHARS) return
    const all = Buffer.concat(parts)
    const guest = guests.get(all.toString('latin1', 1, WORD_CHARS))
    const purpose = all.toString('latin1', 0, 1)
    socket.off('data', listen)
    if (guest === undefined || (purpose !== 'P' && purpose !== 'T')) {
      socket.destroy()
      return
    }
    socket.setTimeout(0)
    socket.off('end', cut)
    guest(purpose, socket, all.subarray(WORD_CHARS))
  }
  function cut(): void {
    socket.destroy()
  }
  socket.setTimeout(WORD_DEADLINE_MS, cut)
  socket.on('end', cut)
  // A peer that dies while it is written to; its end says why.
  socket.on('error', cut)
  socket.on('data', listen)
}
