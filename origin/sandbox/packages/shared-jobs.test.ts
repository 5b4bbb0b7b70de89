import { expect, it } from 'vitest'
import { sharedJobs } from './shared-jobs.ts'

const forever = () => new AbortController().signal

it('who comes while a job is under way shares it, and hears of it', async () => {
  const jobs = sharedJobs<number>()
  const end = Promise.withResolvers<number>()
  const heard: string[] = []
  const waiter = (who: string) => ({
    news: (message: string) => void heard.push(`${who} ${message}`),
    signal: forever(),
  })
  let begun = 0
  const begin = async (news: (message: string) => void) => {
    begun++
    const value = await end.promise
    news('done')
    return value
  }
  const both = [jobs.join('a', begin, waiter('one')), jobs.join('a', begin, waiter('two'))]
  end.resolve(7)
  expect(await Promise.all(both)).toEqual([7, 7])
  expect(begun).toBe(1)
  expect(heard).toEqual(['one done', 'two done'])
})

it('one who leaves ends only their waiting; the last one ends the job', async () => {
  const jobs = sharedJobs<number>()
  const inside = Promise.withResolvers<AbortSignal>()
  const begin = (_: unknown, signal: AbortSignal) => {
    inside.resolve(signal)
    return new Promise<number>(() => undefined)
  }
  const leaving = [new AbortController(), new AbortController()]
  const [one, two] = leaving.map(({ signal }) =>
    jobs.join('a', begin, { news: () => undefined, signal }),
  )
  const job = await inside.promise
  leaving[0]?.abort()
  await expect(one).rejects.toThrow('aborted')
  expect(job.aborted).toBe(false)
  leaving[1]?.abort()
  await expect(two).rejects.toThrow('aborted')
  expect(job.aborted).toBe(true)
})

it('a job that failed is begun anew', async () => {
  const jobs = sharedJobs<number>()
  const waiter = { news: () => undefined, signal: forever() }
  await expect(jobs.join('a', () => Promise.reject(new Error('no')), waiter)).rejects.toThrow('no')
  expect(await jobs.join('a', () => Promise.resolve(2), waiter)).toBe(2)
})
