/** Nothing came in time. */
export class TooLate extends Error {
  override readonly name = 'TooLate'
}

/** What comes of a step. Throws TooLate when that takes longer than so many milliseconds. */
export async function within<T>(ms: number, step: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | null = null
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new TooLate(`Nothing came for ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([step, late])
  } finally {
    clearTimeout(timer)
  }
}
