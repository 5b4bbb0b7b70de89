import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { PackageRefusal } from './package-refusal.ts'

/** How much there may be in folders. */
export type Room = { bytes: number; files: number }

/** What one set may hold. */
export const SET_ROOM: Room = { bytes: 2_000_000_000, files: 100_000 }
/** What fetching it may need: wheels, and what is unpacked of them. */
export const FETCHING_ROOM: Room = { bytes: 2 * SET_ROOM.bytes, files: 2 * SET_ROOM.files }

const EVERY_MS = 500

export function tooLarge({ bytes, files }: Room): PackageRefusal {
  return new PackageRefusal(
    `the packages are too large: ${bytes} bytes and ${files} files are the most`,
  )
}

/**
 * A signal that aborts, with a PackageRefusal, when folders that somebody else writes to hold more
 * than they may. Disposal ends the watch.
 */
export function watchRoom(
  folders: readonly string[],
  room: Room,
): Disposable & { full: AbortSignal } {
  const full = new AbortController()
  let timer: NodeJS.Timeout | null = null
  let over = false

  async function look(): Promise<void> {
    const left = { ...room }
    for (const folder of folders) await take(left, folder)
    if (left.bytes < 0 || left.files < 0) full.abort(tooLarge(room))
    else if (!over) timer = setTimeout(start, EVERY_MS)
  }
  function start(): void {
    look().catch((error: unknown) => full.abort(error))
  }
  start()
  return {
    full: full.signal,
    [Symbol.dispose]: () => {
      over = true
      if (timer !== null) clearTimeout(timer)
    },
  }
}

/** Takes what is beneath a path off the room that is left, until there is none. */
async function take(left: Room, path: string): Promise<void> {
  if (left.bytes < 0 || left.files < 0) return
  const found = await lstat(path).catch(vanished)
  if (found === null) return
  left.files--
  left.bytes -= found.size
  if (!found.isDirectory()) return
  for (const name of (await readdir(path).catch(vanished)) ?? []) await take(left, join(path, name))
}

/** What was written may be moved and removed while it is counted. */
function vanished(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
  throw error
}
