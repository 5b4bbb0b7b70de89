/** Where every text begins. */
export const ROOT = 0

/**
 * Finds many patterns in one pass (Aho and Corasick, 1975): however many there are, and whatever they
 * and the text look like, a text of n characters takes at most 2n steps.
 */
export class Automaton {
  /** How many edges were looked up so far. */
  steps = 0
  /** Children, as a table with open addressing: parent, character, child. */
  readonly #parents: Int32Array
  readonly #codes: Uint16Array
  readonly #children: Int32Array
  readonly #mask: number
  /** The longest proper suffix that is a state as well. */
  readonly #suffix: Int32Array
  readonly #depth: Int32Array
  /** The pattern that is whole in a state, or -1. */
  readonly #whole: Int32Array
  /** The nearest suffix in which a pattern is whole, or the root. */
  readonly #shorter: Int32Array
  /** Some pattern that begins with what was read. */
  readonly #begun: Int32Array

  constructor(patterns: readonly string[]) {
    const most = patterns.reduce((sum, pattern) => sum + pattern.length, 1)
    const slots = 2 ** Math.ceil(Math.log2(most * 2))
    this.#mask = slots - 1
    this.#parents = new Int32Array(slots)
    this.#codes = new Uint16Array(slots)
    this.#children = new Int32Array(slots)
    this.#suffix = new Int32Array(most)
    this.#depth = new Int32Array(most)
    this.#whole = new Int32Array(most).fill(-1)
    this.#shorter = new Int32Array(most)
    this.#begun = new Int32Array(most).fill(-1)
    this.#link(this.#grow(patterns))
  }

  /** The state after one more character. */
  next(state: number, code: number): number {
    for (let from = state; ; from = this.#suffix[from] ?? ROOT) {
      this.steps++
      const child = this.#children[this.#slot(from, code)] ?? ROOT
      if (child !== ROOT || from === ROOT) return child
    }
  }

  /** How many characters of some pattern have been read: the longest that may go on. */
  depth(state: number): number {
    return this.#depth[state] ?? 0
  }

  /** Index of a pattern of which so much has been read; -1 at the root. */
  begun(state: number): number {
    return this.#begun[state] ?? -1
  }

  /** The state of the longest pattern that ends here, or the root when none does. */
  ending(state: number): number {
    return (this.#whole[state] ?? -1) >= 0 ? state : this.shorter(state)
  }

  /** Index of the pattern that is whole in a state that `ending` or `shorter` gave. */
  whole(state: number): number {
    return this.#whole[state] ?? -1
  }

  /** The state of the next shorter pattern that ends here, or the root. */
  shorter(state: number): number {
    return this.#shorter[state] ?? ROOT
  }

  /** @returns the states in the order in which they were made, with the edge that leads to each */
  #grow(patterns: readonly string[]): { parent: number; code: number }[] {
    const edges = [{ parent: ROOT, code: 0 }]
    for (const [index, pattern] of patterns.entries()) {
      let state = ROOT
      for (let at = 0; at < pattern.length; at++) {
        const code = pattern.charCodeAt(at)
        const slot = this.#slot(state, code)
        if (this.#children[slot] === ROOT) {
          this.#parents[slot] = state
          this.#codes[slot] = code
          this.#children[slot] = edges.length
          this.#depth[edges.length] = at + 1
          this.#begun[edges.length] = index
          edges.push({ parent: state, code })
        }
        state = this.#children[slot] ?? ROOT
      }
      if (state !== ROOT && this.#whole[state] === -1) this.#whole[state] = index
    }
    return edges
  }

  /** Suffixes are shorter than what they end, so states are taken by their depth. */
  #link(edges: readonly { parent: number; code: number }[]): void {
    const byDepth: number[][] = []
    for (const state of edges.keys()) (byDepth[this.depth(state)] ??= []).push(state)
    for (const state of byDepth.slice(1).flat()) {
      const { parent, code } = edges[state] ?? { parent: ROOT, code: 0 }
      if (parent !== ROOT) this.#suffix[state] = this.next(this.#suffix[parent] ?? ROOT, code)
      const suffix = this.#suffix[state] ?? ROOT
      this.#shorter[state] = this.ending(suffix)
    }
    this.steps = 0
  }

  /** Where the child of a state by a character is, or would be. */
  #slot(state: number, code: number): number {
    let slot = Math.imul(Math.imul(state, 0x9e3779b1) ^ code, 0x85ebca6b) >>> 7
    for (slot &= this.#mask; this.#children[slot] !== ROOT; slot = (slot + 1) & this.#mask)
      if (this.#parents[slot] === state && this.#codes[slot] === code) break
    return slot
  }
}
