import type { News } from './pip.ts'

type Job<T> = {
  result: Promise<T>
  stop: AbortController
  /** Who waits for it, each with their way to hear of it. */
  waiting: Set<News>
}

export type SharedJobs<T> = {
  /** The result of the job with this name, which is begun if nobody else waits for it. Rejects with
   * the signal's reason when that aborts; the job goes on while anybody else waits. */
  join(
    name: string,
    begin: (news: News, signal: AbortSignal) => Promise<T>,
    waiter: { news: News; signal: AbortSignal },
  ): Promise<T>
}

/** Work that several may wait for at once and that is done once. */
export function sharedJobs<T>(): SharedJobs<T> {
  const jobs = new Map<string, Job<T>>()

  function start(name: string, begin: Parameters<SharedJobs<T>['join']>[1]): Job<T> {
    const stop = new AbortController()
    const waiting = new Set<News>()
    const tell: News = (message) => waiting.forEach((news) => news(message))
    const result = begin(tell, stop.signal).finally(() => {
      if (jobs.get(name)?.stop === stop) jobs.delete(name)
    })
    result.catch(() => undefined) // those who wait hear of it
    const job = { result, stop, waiting }
    jobs.set(name, job)
    return job
  }

  return {
    async join(name, begin, { news, signal }) {
      signal.throwIfAborted()
      const job = jobs.get(name) ?? start(name, begin)
      const mine: News = (message) => news(message)
      job.waiting.add(mine)
      const left = Promise.withResolvers<never>()
      const leave = () => left.reject(signal.reason)
      signal.addEventListener('abort', leave, { once: true })
      try {
        return await Promise.race([job.result, left.promise])
      } finally {
        signal.removeEventListener('abort', leave)
        job.waiting.delete(mine)
        if (job.waiting.size === 0) {
          job.stop.abort()
          if (jobs.get(name) === job) jobs.delete(name)
        }
      }
    },
  }
}
