import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, chown, lstat, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { PackageRefusal } from './package-refusal.ts'

/** What one set may hold. */
const MOST_BYTES = 2_000_000_000
const MOST_FILES = 100_000

const READ_ONLY_FILE = 0o444
const READ_ONLY_FOLDER = 0o555

/**
 * Makes everything in a folder the supervisor's own, readable by all and writable by nobody.
 * Rejects with PackageRefusal when there is anything but files and folders in it, or too much.
 */
export async function freeze(folder: string): Promise<void> {
  const me = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 }
  let bytes = 0
  let files = 0
  for (const entry of await entries(folder)) {
    bytes += entry.size
    files++
    if (bytes > MOST_BYTES || files > MOST_FILES) {
      throw new PackageRefusal(
        `the packages are too large: ${MOST_BYTES} bytes and ${MOST_FILES} files are the most`,
      )
    }
    await chown(entry.path, me.uid, me.gid)
    await chmod(entry.path, entry.isFolder ? READ_ONLY_FOLDER : READ_ONLY_FILE)
  }
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
  for (const path of await folders(folder)) await chmod(path, 0o700)
  await rm(folder, { recursive: true, force: true })
}

type Entry = { path: string; isFolder: boolean; size: number }

/** The folder and all in it, in an order that depends on names only. */
async function entries(path: string): Promise<Entry[]> {
  const found = await lstat(path)
  if (found.isFile()) return [{ path, isFolder: false, size: found.size }]
  if (!found.isDirectory()) {
    throw new PackageRefusal('a package holds something that is neither a file nor a folder')
  }
  const names = (await readdir(path)).sort()
  const beneath: Entry[] = []
  for (const name of names) beneath.push(...(await entries(join(path, name))))
  return [{ path, isFolder: true, size: 0 }, ...beneath]
}

/** Real folders only, outermost first. */
async function folders(path: string): Promise<string[]> {
  const found = await lstat(path).catch(() => null)
  if (found === null || !found.isDirectory()) return []
  await chmod(path, 0o700)
  const beneath: string[] = []
  for (const name of await readdir(path)) beneath.push(...(await folders(join(path, name))))
  return [path, ...beneath]
}
