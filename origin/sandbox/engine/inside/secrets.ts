/** The `secrets` global of a tool: read-only, and without values when it is printed. */
export function secretsOf(values: Record<string, string>): Readonly<Record<string, string>> {
  const known = new Map(Object.entries(values))
  const shown = Object.create(null) as Record<string, string>
  return new Proxy(shown, {
    get(_, name) {
      if (typeof name === 'symbol') return undefined
      const value = known.get(name)
      if (value === undefined) {
        throw new ReferenceError(`this tool's manifest has no secret named "${name}"`)
      }
      return value
    },
    has: (_, name) => typeof name === 'string' && known.has(name),
    set: () => false,
    defineProperty: () => false,
  })
}
