/** Milliseconds of each call, in order of size. */
export type Sorted = readonly number[]

/** Makes `count` calls one after the other, after `warmUp` that do not count. */
export async function sequential(
  call: () => Promise<void>,
  { count, warmUp }: { count: number; warmUp: number },
): Promise<Sorted> {
  for (let n = 0; n < warmUp; n++) await call()
  const times: number[] = []
  for (let n = 0; n < count; n++) {
    const start = performance.now()
    await call()
    times.push(performance.now() - start)
  }
  return times.sort((a, b) => a - b)
}

/** Does a thing `most` times, or as often as it begins within a time; once at least. */
export async function inTime(
  { most, ms }: { most: number; ms: number },
  each: () => Promise<void>,
): Promise<void> {
  const until = performance.now() + ms
  for (let n = 0; n < most && (n === 0 || performance.now() < until); n++) await each()
}

/** Calls per second of `callers` that each make their share of `count` calls at once. */
export async function throughput(
  call: () => Promise<void>,
  { callers, count }: { callers: number; count: number },
): Promise<number> {
  const start = performance.now()
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (let n = 0; n < count / callers; n++) await call()
    }),
  )
  return (count * 1000) / (performance.now() - start)
}

/** The value below which the share `q` (0 to 1) of the values lies. */
export function quantile(sorted: Sorted, q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN
}

/** A number with as many digits as it is worth. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
