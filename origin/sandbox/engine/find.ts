import { execFile } from 'node:child_process'
import { open, realpath, stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import { OPTIONS } from './arguments.ts'
import type { Engine, EngineMissing } from './engine.ts'
import { programOf } from './program.ts'
import { loaderOf } from './loader-of.ts'

/** Read and execute, for others than the owner (stat(2)). */
const FOR_ALL = 0o005
const PROBE_TIMEOUT_MS = 10_000
const PROBE = "process.stdout.write(require('node:fs').readFileSync('/proc/self/maps'))"
/** The ELF header, the program headers and the loader's name are at the very beginning. */
const BEGINNING_BYTES = 16_384

/**
 * The Node that this process itself is, wherever it lies: confined processes get it as a descriptor.
 * Never rejects: tools in Python do not need it.
 */
export async function findEngine(): Promise<Engine | EngineMissing> {
  const executable = process.execPath
  try {
    const { mode } = await stat(executable)
    if ((mode & FOR_ALL) !== FOR_ALL) return { unusable: `${executable} is not for all to run` }
    const options = { env: {}, cwd: '/', timeout: PROBE_TIMEOUT_MS }
    const { stdout } = await promisify(execFile)(executable, ['-e', PROBE], options)
    const loader = loaderOf(await beginningOf(executable))
    if (loader === null) return { unusable: `${executable} names no dynamic loader` }
    const readable = await librariesIn(stdout)
    const program = await programOf('inside')
    return { executable, loader, readable, options: OPTIONS, program }
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    return { unusable: `Node (${executable}) does not start: ${text.split('\n')[0]}` }
  }
}

/** Shared libraries of a map of memory (proc_pid_maps(5)): /usr/lib/x may be opened as /lib/x. */
async function librariesIn(maps: string): Promise<string[]> {
  const mapped = maps.split('\n').flatMap((line) => /\/.*\.so(?:\.[\d.]+)?$/.exec(line)?.[0] ?? [])
  const found = ['/etc/ld.so.cache']
  for (const path of new Set(mapped)) {
    found.push(path)
    const short = path.replace(/^\/usr(?=\/lib)/, '')
    if (short !== path && (await realpath(short).catch(() => null)) === path) found.push(short)
  }
  return found.sort()
}

async function beginningOf(path: string): Promise<Buffer> {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(
    Buffer.alloc(BEGINNING_BYTES),
    0,
    BEGINNING_BYTES,
    0,
  )
  return buffer.subarray(0, bytesRead)
}
