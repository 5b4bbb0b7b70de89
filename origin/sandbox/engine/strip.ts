import { Worker } from 'node:worker_threads'

/** JavaScript, every character where it was; or why there is none, and where. */
export type Stripped = { code: string } | { message: string; line: number | null }

const WORKER = new URL('./strip-worker.ts', import.meta.url)
const DEADLINE_MS = 10_000
const MEMORY_MB = 128
const MOST_KEPT = 64
const BREAKS: Stripped = { message: 'the code cannot be read: it breaks its reader', line: null }

/**
 * Takes the types out of texts that may be hostile. The parser is WebAssembly and does not outlive
 * an overflow of its stack, so each call has a thread and an instance of its own; they come one
 * after the other. Null when the texts broke it.
 */
export async function strip(texts: readonly string[]): Promise<Stripped[] | null> {
  const worker = new Worker(WORKER, {
    workerData: texts,
    env: {},
    stderr: true, // Node calls the function experimental there
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  })
  const done = Promise.withResolvers<Stripped[] | null>()
  const late = setTimeout(() => done.resolve(null), DEADLINE_MS)
  worker.once('message', done.resolve)
  worker.once('error', () => done.resolve(null))
  worker.once('exit', () => done.resolve(null))
  const stripped = await done.promise
  clearTimeout(late)
  await worker.terminate()
  return stripped
}

type Stripper = (code: string) => Promise<Stripped>

/** One after the other, for all of this process; the texts of late are remembered. */
export const stripTypes: Stripper = rememberingStripper()

function rememberingStripper(): Stripper {
  const known = new Map<string, Promise<Stripped>>()
  let turn: Promise<unknown> = Promise.resolve()

  async function begin(code: string): Promise<Stripped> {
    const [stripped] = (await strip([code])) ?? []
    return stripped ?? BREAKS
  }
  return (code) => {
    const found = known.get(code)
    known.delete(code)
    const stripped = found ?? turn.then(() => begin(code))
    if (found === undefined) turn = stripped
    known.set(code, stripped)
    for (const oldest of known.keys()) {
      if (known.size <= MOST_KEPT) break
      known.delete(oldest)
    }
    return stripped
  }
}
