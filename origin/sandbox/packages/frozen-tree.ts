import { createHash } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { type FileHandle, lstat, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { PackageRefusal } from './package-refusal.ts'
import { type Room, SET_ROOM, tooLarge } from './room.ts'

const READ_ONLY_FILE = 0o444
const READ_ONLY_FOLDER = 0o555
/** Each level is a descriptor while it is frozen. */
const MOST_DEPTH = 100

/** Opens what stands there itself: a link is an error, and nothing is waited for. */
const ITSELF = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/**
 * Makes everything in a folder the supervisor's own, readable by all and writable by nobody.
 * Rejects with PackageRefusal when there is anything but files and folders in it, or too much.
 *
 * Another user may have written the folder, so what is changed is what was opened, whatever its name
 * means by then; and a folder is taken away from that user before one looks into it.
 */
export async function freeze(folder: string): Promise<void> {
  await freezeOpen(await open(folder, ITSELF), { ...SET_ROOM }, MOST_DEPTH)
}

/** Closes the handle. Takes what it freezes off the room that is left. */
async function freezeOpen(handle: FileHandle, left: Room, depth: number): Promise<void> {
  try {
    const found = await handle.stat()
    const isFolder = found.isDirectory()
    if (!isFolder && !found.isFile()) throw neitherFileNorFolder()
    if (!isFolder && found.nlink > 1) throw new PackageRefusal('a package holds a hard link')
    left.files--
    left.bytes -= isFolder ? 0 : found.size
    if (left.files < 0 || left.bytes < 0) throw tooLarge(SET_ROOM)
    if (depth === 0) throw new PackageRefusal('a package holds folders too deep')
    await handle.chown(process.geteuid?.() ?? 0, process.getegid?.() ?? 0)
    await handle.chmod(isFolder ? READ_ONLY_FOLDER : READ_ONLY_FILE)
    if (!isFolder) return
    const here = `/proc/self/fd/${handle.fd}`
    for (const name of await readdir(here)) {
      await freezeOpen(await openItself(join(here, name)), left, depth - 1)
    }
  } finally {
    await handle.close()
  }
}

/** ELOOP is a link, ENXIO a socket (open(2)). */
async function openItself(path: string): Promise<FileHandle> {
  try {
    return await open(path, ITSELF)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    const isOther = code === 'ELOOP' || code === 'ENXIO'
    throw isOther ? neitherFileNorFolder() : error
  }
}

function neitherFileNorFolder(): PackageRefusal {
  return new PackageRefusal('a package holds something that is neither a file nor a folder')
}

/** A hash over the names and contents of all files in a folder. */
export async function digestOf(folder: string): Promise<string> {
  const whole = createHash('sha256')
  for (const entry of await entries(folder)) {
    whole.update(`${entry.path.slice(folder.length)}\0`)
    if (entry.isFolder) continue
    const one = createHash('sha256')
    await pipeline(createReadStream(entry.path), one)
    whole.update(one.digest())
  }
  return whole.digest('hex')
}

/** Removes a folder, frozen or not. Nothing happens when it is not there. */
export async function removeFrozen(folder: string): Promise<void> {
  await openUp(folder)
  await rm(folder, { recursive: true, force: true })
}

type Entry = { path: string; isFolder: boolean }

/** The folder and all in it, in an order that depends on names only. */
async function entries(path: string): Promise<Entry[]> {
  const found = await lstat(path)
  if (found.isFile()) return [{ path, isFolder: false }]
  if (!found.isDirectory()) throw neitherFileNorFolder()
  const names = (await readdir(path)).sort()
  const beneath: Entry[] = []
  for (const name of names) beneath.push(...(await entries(join(path, name))))
  return [{ path, isFolder: true }, ...beneath]
}

/** Lets the owner remove what real folders hold. */
async function openUp(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null)
  if (found === null || !found.isDirectory()) return
  await using handle = await open(path, ITSELF | constants.O_DIRECTORY)
  await handle.chmod(0o700)
  for (const name of await readdir(path)) await openUp(join(path, name))
}
