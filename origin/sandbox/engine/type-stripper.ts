import { RecentMap } from '#contract/recent-map.ts'
import { strip, type Stripped } from './strip.ts'

/** Who wants a text without its types: a call that is to run it, or who wrote it. */
export type Purpose = 'call' | 'draft'

/** Rejects with the reason of the signal, or because there was nothing to read the text with. */
export type StripTypes = (code: string, purpose: Purpose, signal: AbortSignal) => Promise<Stripped>

/** Null when the text broke its reader, or took it too long: the next one may have more luck. */
type Read = (code: string, signal: AbortSignal) => Promise<Stripped | null>

/** How many texts are read at once. Drafts leave one place to calls, however many there are. */
const PLACES = 2
/** Of one text. A hundred kilobytes take 40 ms; a hundred characters can take years. */
const LIMIT_MS = 1_000
const MOST_KEPT = 64
const BREAKS: Stripped = { message: 'the code cannot be read: it breaks its reader', line: null }

type Job = {
  code: string
  purpose: Purpose
  callers: number
  stop: AbortController
  done: PromiseWithResolvers<Stripped>
}

/** For all of this process. */
export const stripTypes: StripTypes = typeStripper(async (code, signal) => {
  const stripped = await strip([code], { limitMs: LIMIT_MS, signal })
  return stripped?.[0] ?? null
})

/**
 * Reads each text once for all who want it at the time, calls before drafts, and remembers the
 * texts of late with what was found. A text that nobody wants any more is given up.
 */
export function typeStripper(read: Read): StripTypes {
  const known = new RecentMap<Stripped>(MOST_KEPT)
  /** Those that wait, in their order, and those that run, unless they were given up. */
  const jobs = new Map<string, Job>()
  const running = new Set<Job>()

  function startNext(): void {
    for (const purpose of ['call', 'draft'] as const) {
      for (const job of jobs.values()) {
        if (job.purpose === purpose && !running.has(job) && hasPlace(purpose)) void carryOut(job)
      }
    }
  }

  function hasPlace(purpose: Purpose): boolean {
    if (running.size >= PLACES) return false
    return purpose === 'call' || [...running].every((other) => other.purpose === 'call')
  }

  async function carryOut(job: Job): Promise<void> {
    running.add(job)
    try {
      const stripped = await read(job.code, job.stop.signal)
      if (stripped !== null) known.set(job.code, stripped)
      job.done.resolve(stripped ?? BREAKS)
    } catch (error) {
      job.done.reject(error)
    }
    running.delete(job)
    forget(job)
    startNext()
  }

  function jobFor(code: string, purpose: Purpose): Job {
    const found = jobs.get(code)
    if (found !== undefined) {
      if (purpose === 'call' && !running.has(found)) found.purpose = 'call'
      return found
    }
    const done = Promise.withResolvers<Stripped>()
    const job = { code, purpose, callers: 0, stop: new AbortController(), done }
    jobs.set(code, job)
    return job
  }

  function forget(job: Job): void {
    if (jobs.get(job.code) === job) jobs.delete(job.code)
  }

  return async (code, purpose, signal) => {
    signal.throwIfAborted()
    const found = known.get(code)
    if (found !== undefined) {
      known.set(code, found)
      return found
    }
    const job = jobFor(code, purpose)
    const left = Promise.withResolvers<never>()
    const leave = () => left.reject(signal.reason as Error)
    signal.addEventListener('abort', leave, { once: true })
    job.callers++
    startNext()
    try {
      return await Promise.race([job.done.promise, left.promise])
    } finally {
      signal.removeEventListener('abort', leave)
      job.callers--
      if (job.callers === 0) {
        forget(job)
        job.stop.abort()
      }
    }
  }
}
