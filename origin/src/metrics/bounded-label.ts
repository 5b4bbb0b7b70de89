/** Stands for every value beyond the most that are told apart. */
export const OTHER = 'other'

/**
 * Keeps the values of a label few: the first so many are told apart, the rest are one. Whoever makes up
 * names cannot fill the memory of this process, nor of who scrapes it.
 */
export function boundedLabel(most: number): (value: string) => string {
  const known = new Set<string>()
  return (value) => {
    if (known.has(value)) return value
    if (known.size >= most) return OTHER
    known.add(value)
    return value
  }
}
