/** Numbers that look random and are the same for the same seed (Mulberry32). */
export interface Random {
  /** From 0 up to and without `limit`. */
  below(limit: number): number
  pick<T>(values: readonly [T, ...T[]]): T
  bytes(count: number): Uint8Array<ArrayBuffer>
}

export function seeded(seed: number): Random {
  let state = seed >>> 0
  function below(limit: number): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
  return {
    below,
    pick: (values) => values[below(values.length)] ?? values[0],
    bytes: (count) => Uint8Array.from({ length: count }, () => below(256)),
  }
}
