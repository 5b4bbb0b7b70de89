const REMEMBERED = 1_000

/** Operations that another replica was asked to cancel before they were carried here; the newest of them. */
export class EarlyCancels {
  readonly #opIds = new Set<string>()

  add(opId: string): void {
    this.#opIds.add(opId)
    const [oldest] = this.#opIds
    if (this.#opIds.size > REMEMBERED && oldest !== undefined) this.#opIds.delete(oldest)
  }

  /** Whether this one was among them; it is no longer. */
  take(opId: string): boolean {
    return this.#opIds.delete(opId)
  }
}
