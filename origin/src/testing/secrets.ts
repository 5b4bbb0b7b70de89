/** Secrets by the names S0, S1, and so on. */
export function named(...values: string[]): ReadonlyMap<string, string> {
  return new Map(values.map((value, index) => [`S${index}`, value]))
}
